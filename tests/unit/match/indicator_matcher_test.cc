// The matcher over files, contents and records, as the pipeline shows them.
#include "agent/match/indicators/indicator_matcher.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/indicators/line_time.h"
#include "agent/match/indicators/record_fields.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Findings : public FindingSink {
 public:
  void emit(Finding&& finding) override {
    const std::lock_guard lock(mutex_);
    all.push_back(std::move(finding));
  }
  void gap(std::string_view path, const Error& error) override {
    const std::lock_guard lock(mutex_);
    gaps.push_back(std::string(path) + ": " + error.detail);
  }
  std::vector<Finding> all;
  std::vector<std::string> gaps;

 private:
  std::mutex mutex_;
};

constexpr FieldSpec kSocketFields[] = {
    {"remote_address", FieldType::kText, ""},
    {"remote_port", FieldType::kUint, ""},
    {"process", FieldType::kText, ""},
    {"pid", FieldType::kUint, ""},
    {"seen", FieldType::kTime, "", "Seen"},
    {"command_line", FieldType::kTextList, ""},
    {"key", FieldType::kText, ""},
    {"user_agent", FieldType::kText, ""},
    {"remark", FieldType::kText, ""},
    {"sha256", FieldType::kText, ""},
};
const RecordSchema kSocket{"test.socket", "", kSocketFields};

class Bench {
 public:
  Bench& atoms(std::string id, std::vector<std::pair<AtomType, std::string>> values,
               std::optional<int> confidence = 80) {
    IndicatorInfo info;
    info.id = std::move(id);
    info.file = "feed.json";
    info.confidence = confidence;
    return atoms(std::move(info), std::move(values));
  }
  Bench& atoms(IndicatorInfo info, std::vector<std::pair<AtomType, std::string>> values) {
    std::vector<Atom> made;
    for (const auto& [type, text] : values) made.push_back(make_atom(type, text).value());
    builder_.take(std::move(info), std::move(made));
    return *this;
  }
  Bench& pattern(std::string id, std::string_view text) {
    IndicatorInfo info;
    info.id = std::move(id);
    builder_.take(std::move(info), stix::parse_pattern(text, stix::Version::k21).value());
    return *this;
  }
  Bench& warninglist(std::string name, WarninglistType type, std::vector<std::string> values,
                     std::vector<std::string> attributes = {}) {
    builder_.add(
        Warninglist{std::move(name), {}, {}, type, std::move(attributes), std::move(values)});
    return *this;
  }
  Bench& open() {
    const auto index = IndicatorIndex::from_bytes(builder_.finish().value(), "x.kix").value();
    IndicatorMatcherOptions options;
    options.collected = Timestamp::from_unix(1'700'000'000);
    matcher_ = make_indicator_matcher({index}, options).value();
    MatchContext context;
    context.host.hostname = "pc1";
    matcher_->begin(context);
    return *this;
  }

  void file(const std::string& path, std::string_view content, std::string_view state = "") {
    Entry entry;
    entry.path = path;
    entry.type = FileType::kRegular;
    entry.size = content.size();
    VolumeInfo volume;
    const FileItem item{entry, volume, path, {}, {}};
    const auto bytes = std::as_bytes(std::span(content));
    DigestPass pass;
    pass.update(bytes);
    const Digests digests = pass.finish();
    MatchFile file{item, {}, &digests, {}, state, content.size(), bytes};
    file.address.path = path;
    matcher_->match_entry(file, found);
    SpanReader reader(bytes);
    if (matcher_->wants_content(file)) matcher_->match_content(file, reader, found);
  }
  // As the pipeline does with what is too large for memory.
  void large_file(const std::string& path, std::string_view content) {
    Entry entry;
    entry.path = path;
    entry.type = FileType::kRegular;
    VolumeInfo volume;
    const FileItem item{entry, volume, path, {}, {}};
    MatchFile file{item, {}, nullptr, {}, {}, content.size(), {}};
    file.address.path = path;
    SpanReader reader(std::as_bytes(std::span(content)));
    matcher_->match_content(file, reader, found);
  }
  void record(const std::function<void(Record&)>& fill, const std::string& path = "/log") {
    Record record(kSocket);
    record.source.path = path;
    fill(record);
    matcher_->match_record(record, found);
  }
  // One region from address 0 on, shown in blocks of `block` bytes that overlap by `overlap`.
  void memory(std::uint32_t pid, std::string_view content, std::uint64_t block = 1 << 24,
              std::uint64_t overlap = 1 << 20) {
    MemoryRegion region;
    region.size = content.size();
    region.access = "rw-";
    region.file = "[heap]";
    std::vector<MemoryBlock> blocks;
    for (std::uint64_t at = 0; at < content.size(); at += block - overlap) {
      blocks.push_back({{at, std::min<std::uint64_t>(block, content.size() - at)}, &region});
      if (blocks.back().range.end() == content.size()) break;
    }
    MatchProcess process{{pid, "x", "/usr/bin/x"}, {}, blocks};
    process.address.path = "/proc/" + std::to_string(pid) + "/mem";
    SpanReader reader(std::as_bytes(std::span(content)));
    matcher_->match_memory(process, reader, found);
  }
  const std::vector<Finding>& finish() {
    matcher_->finish(found);
    return found.all;
  }
  Matcher& matcher() { return *matcher_; }

  Findings found;

 private:
  IndicatorIndexBuilder builder_;
  std::unique_ptr<Matcher> matcher_;
};

std::vector<std::string> brief(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& each : findings) {
    std::string text = each.rule + " " + each.subject.path + " " + std::to_string(each.score) +
                       " x" + std::to_string(each.count);
    for (const std::string& flag : each.flags) text += " " + flag;
    out.push_back(text);
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(IndicatorMatcher, AFileIsOneFindingHoweverManyFeedsListIt) {
  const std::string content = "harmless";
  DigestPass pass;
  pass.update(std::as_bytes(std::span(content)));
  const Digests digests = pass.finish();
  Bench bench;
  bench.atoms("a", {{AtomType::kSha256, to_hex(digests.sha256)}}, 90)
      .atoms("b", {{AtomType::kMd5, to_hex(digests.md5)}}, 60)
      .atoms("c", {{AtomType::kFileName, "X.exe"}}, 80)
      .open();
  bench.file("C:/Temp/x.EXE", content);
  bench.file("C:/Temp/x.EXE.bak", "other");
  const auto& all = bench.finish();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].rule, "a");
  EXPECT_EQ(all[0].witnesses.size(), 3U);
  EXPECT_EQ(all[0].severity, Severity::kCritical);  // content and name, 92
  EXPECT_EQ(all[0].sha256, to_hex(digests.sha256));
  EXPECT_THAT(all[0].reason.en, HasSubstr("content (digest)"));
}

TEST(IndicatorMatcher, ANameAloneCountsLess) {
  Bench bench;
  bench.atoms("n", {{AtomType::kFileName, "x.exe"}}, 80)
      .atoms("p", {{AtomType::kFilePath, R"(%TEMP%\y.exe)"}}, 80)
      .atoms("r", {{AtomType::kPathRegex, R"((?i)\\perflogs\\[^\\]+\.exe$)"}}, 80)
      .open();
  bench.file("C:/a/x.exe", "1");
  bench.file("C:/Users/a/AppData/Local/Temp/y.exe", "1");
  bench.file("C:/PerfLogs/q.EXE", "1");
  bench.file("C:/PerfLogs/sub/q.EXE", "1");
  EXPECT_THAT(brief(bench.finish()), ElementsAre("n C:/a/x.exe 48 x1 name_only",
                                                 "p C:/Users/a/AppData/Local/Temp/y.exe 80 x1",
                                                 "r C:/PerfLogs/q.EXE 80 x1"));
}

TEST(IndicatorMatcher, NothingAtAllIsNoMalware) {
  Bench bench;
  bench.atoms("e", {{AtomType::kMd5, "d41d8cd98f00b204e9800998ecf8427e"}}).open();
  bench.file("/empty", "");
  EXPECT_THAT(bench.finish(), IsEmpty());
}

TEST(IndicatorMatcher, OneFindingAnIndicatorWithItsTimesAndPlaces) {
  Bench bench;
  bench.atoms("d", {{AtomType::kDomain, "evil.example"}}).open();
  bench.file("/var/log/proxy.log",
             "2023-05-01T10:00:00Z GET http://evil.example/a\n"
             "2023-05-03T10:00:00+09:00 GET http://evil.example/b\n"
             "2023-05-02T00:00:00Z GET http://notevil.example/b\n");
  bench.record([](Record& record) {
    record.set("remote_address", std::string("evil.example"));
    record.set("process", std::string("curl"));
    record.set("pid", std::uint64_t{7});
    record.set("seen", Timestamp::from_unix(1'600'000'000));
  });
  const auto& all = bench.finish();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].count, 3U);
  EXPECT_EQ(all[0].first_seen->iso8601(), "2020-09-13T12:26:40.000000000Z");
  EXPECT_EQ(all[0].last_seen->iso8601(), "2023-05-03T01:00:00.000000000Z");
  EXPECT_THAT(all[0].reason.en, HasSubstr("curl (pid 7)"));
  EXPECT_THAT(all[0].reason.en, HasSubstr("on pc1"));
  ASSERT_THAT(all[0].witnesses, SizeIs(3));
  EXPECT_EQ(all[0].witnesses[1].addresses[0].path, "/var/log/proxy.log");
  EXPECT_EQ(all[0].witnesses[1].addresses[0].range->offset, 32U);
  EXPECT_EQ(all[0].witnesses[1].excerpt, "2023-05-01T10:00:00Z GET http://evil.example/a");
  EXPECT_THAT(all[0].flags, IsEmpty());
}

TEST(IndicatorMatcher, SubdomainsSaySo) {
  Bench bench;
  bench.atoms("d", {{AtomType::kDomain, "evil.example"}}).open();
  bench.file("/a", "sub.evil.example\n");
  EXPECT_THAT(brief(bench.finish()), ElementsAre("d /a 64 x1 subdomain"));
}

TEST(IndicatorMatcher, PrivateAddressesOnlyWhenTheyAreListedThemselves) {
  Bench bench;
  bench.atoms("wide", {{AtomType::kIpNetwork, "0.0.0.0/0"}})
      .atoms("ten", {{AtomType::kIpAddress, "10.1.2.3"}})
      .atoms("net", {{AtomType::kIpNetwork, "203.0.113.0/24"}})
      .open();
  bench.file("/a", "10.1.2.3 127.0.0.1 192.168.0.1 203.0.113.9\n");
  EXPECT_THAT(brief(bench.finish()),
              ElementsAre("net /a 64 x1 in_network", "ten /a 0 x1 reserved_address",
                          "wide /a 64 x1 in_network"));
}

TEST(IndicatorMatcher, ListedPortsMustFitWhereOneIsSeen) {
  Bench bench;
  bench.atoms("p", {{AtomType::kIpAddress, "203.0.113.9:443"}}).open();
  const auto socket = [&](std::uint64_t port) {
    bench.record([&](Record& record) {
      record.set("remote_address", std::string("203.0.113.9"));
      record.set("remote_port", port);
    });
  };
  socket(80);
  socket(443);
  EXPECT_THAT(brief(bench.finish()), ElementsAre("p /log 80 x1"));
}

TEST(IndicatorMatcher, FieldsAreUnderstoodByWhatTheyMean) {
  Bench bench;
  bench.atoms("cmd", {{AtomType::kCommandLine, "-enc JAB"}})
      .atoms("key", {{AtomType::kRegistryKey, R"(HKLM\SYSTEM\CurrentControlSet\Services\evilsvc)"}})
      .atoms("ua", {{AtomType::kUserAgent, "EvilBot/1.0"}})
      .atoms("path", {{AtomType::kFilePath, "/tmp/.x/miner"}})
      .atoms("sha", {{AtomType::kSha256, std::string(64, 'a')}})
      .atoms("url", {{AtomType::kUrl, "http://evil.example/gate.php"}})
      .open();
  bench.record([](Record& record) {
    record.set("command_line", std::vector<std::string>{"PowerShell", "-ENC", "JABhAA"});
    record.set("key", std::string(R"(HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\EvilSvc)"));
    record.set("user_agent", std::string("EvilBot/1.0"));
    record.set("remark", std::string("seen http://evil.example/gate.php?id=7 today"));
    record.set("sha256", std::string(64, 'A'));
  });
  bench.record([](Record& record) {
    record.set("command_line", std::vector<std::string>{"/tmp/.x/miner", "-o", "pool"});
  });
  EXPECT_THAT(brief(bench.finish()),
              ElementsAre("cmd /log 80 x1", "key /log 80 x1", "path /log 80 x1", "sha /log 80 x1",
                          "ua /log 80 x1", "url /log 64 x1 other_query"));
}

TEST(IndicatorMatcher, PatternsRunOverRecordsAndFiles) {
  Bench bench;
  bench.pattern("one", "[process:command_line LIKE '%mimi%' AND process:name = 'sh']")
      .pattern("two",
               "[network-traffic:dst_port = 4444] FOLLOWEDBY "
               "[process:name = 'nc'] WITHIN 60 SECONDS")
      .pattern("never", "[process:name = 'nc'] FOLLOWEDBY [network-traffic:dst_port = 4444]")
      .pattern("size", "[file:size > 5 AND file:name LIKE '%.dat']")
      .open();
  const auto at = [&](std::int64_t seconds, std::string name, std::uint64_t port) {
    bench.record([&](Record& record) {
      record.set("process", std::move(name));
      record.set("remote_port", port);
      record.set("command_line", std::vector<std::string>{"run", "MiMi", "mimikatz"});
      record.set("seen", Timestamp::from_unix(seconds));
    });
  };
  at(1000, "sh", 4444);
  at(1030, "nc", 80);
  bench.file("/a.dat", "123456");
  bench.file("/b.dat", "12345");
  const auto& all = bench.finish();
  EXPECT_THAT(brief(all), ElementsAre("one /log 50 x1", "size /a.dat 50 x1", "two /log 50 x2"));
  EXPECT_THAT(bench.found.gaps, IsEmpty());
}

TEST(IndicatorMatcher, HostilePatternsAreGivenUpAndReported) {
  Bench bench;
  bench.pattern("slow", "[process:command_line MATCHES '^(a+)+\\\\1$']").open();
  for (int i = 0; i < 40; ++i) {
    bench.record([](Record& record) {
      record.set("command_line", std::vector<std::string>{std::string(4000, 'a') + "b"});
    });
  }
  bench.finish();
  EXPECT_EQ(bench.found.gaps.size(), 16U);
  EXPECT_EQ(bench.matcher().coverage().not_looked_at.at("expression_undecided"), 16U);
}

TEST(IndicatorMatcher, ExpiredAndRevokedIndicatorsAreFlagged) {
  IndicatorInfo expired;
  expired.id = "old";
  expired.confidence = 80;
  expired.valid_until = stix::parse_instant("2020-01-01T00:00:00Z");
  IndicatorInfo revoked;
  revoked.id = "gone";
  revoked.revoked = true;
  Bench bench;
  bench.atoms(expired, {{AtomType::kDomain, "old.example"}})
      .atoms(revoked, {{AtomType::kDomain, "gone.example"}})
      .open();
  bench.file("/a", "old.example gone.example\n");
  EXPECT_THAT(brief(bench.finish()), ElementsAre("gone /a 0 x1 revoked", "old /a 80 x1 expired"));
}

TEST(IndicatorMatcher, BlocksOfLargeFilesLoseAndDoubleNothing) {
  Bench bench;
  bench.atoms("d", {{AtomType::kDomain, "evil.example"}}).open();
  std::string content;
  int count = 0;
  while (content.size() < (std::size_t{3} << 20)) {
    content += "some words before evil.example and behind\n";
    ++count;
  }
  bench.large_file("/big.log", content);
  const auto& all = bench.finish();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].count, static_cast<std::uint64_t>(count));
}

TEST(IndicatorMatcher, AProcessIsCountedOnceWithTheFirstAddressInItsMemory) {
  Bench bench;
  bench.atoms("d", {{AtomType::kDomain, "evil.example"}})
      .atoms("a", {{AtomType::kIpAddress, "203.0.113.66"}})
      .atoms("u", {{AtomType::kUrl, "https://evil.example/x"}})
      .atoms("n", {{AtomType::kDomain, "nowhere.example"}})
      .open();
  const std::string wide("e\0v\0i\0l\0.\0e\0x\0a\0m\0p\0l\0e\0", 24);
  bench.memory(
      7, std::string(16, '\0') + "evil.example\n" + wide + " https://evil.example/x 203.0.113.66 ");
  bench.memory(8, std::string(32, '\0') + "https://sub.evil.example/y notevil.example");
  bench.memory(9, "nothing of the kind");
  const auto& all = bench.finish();
  EXPECT_THAT(brief(all),
              ElementsAre("a /proc/7/mem 48 x1 in_memory", "d /proc/7/mem 48 x2 in_memory",
                          "u /proc/7/mem 48 x1 in_memory"));
  const auto domain =
      std::find_if(all.begin(), all.end(), [](const Finding& each) { return each.rule == "d"; });
  ASSERT_NE(domain, all.end());
  ASSERT_THAT(domain->witnesses, SizeIs(2));
  const Witness& first = domain->witnesses[0];
  EXPECT_EQ(first.addresses.at(0).range, (ByteRange{16, 12}));
  EXPECT_THAT(
      first.text.en,
      HasSubstr("evil.example in the memory of process 7 (/usr/bin/x) at 0x10 ([heap], rw-"));
  EXPECT_THAT(first.text.ja, HasSubstr("プロセス 7 (/usr/bin/x) のメモリ 0x10"));
  EXPECT_THAT(domain->witnesses[1].text.en, HasSubstr("(a subdomain)"));
  EXPECT_THAT(domain->reason.en, HasSubstr("by x"));
  EXPECT_EQ(domain->first_seen, Timestamp::from_unix(1'700'000'000));
  EXPECT_EQ(bench.matcher().coverage().looked_at.at("processes"), 3U);
}

TEST(IndicatorMatcher, BlocksOfMemoryCutNoNames) {
  // The second block begins within "notevil.example"; one name stands in both.
  constexpr std::uint64_t kBlock = 64 << 10;
  constexpr std::uint64_t kOverlap = 16 << 10;
  std::string content(100 << 10, '\n');
  const auto put = [&](std::uint64_t at, std::string_view text) {
    content.replace(at, text.size(), text);
  };
  put(kBlock - kOverlap - 3, "notevil.example");
  put(kBlock - 5, "evil.examples");
  Bench none;
  none.atoms("d", {{AtomType::kDomain, "evil.example"}}).open();
  none.memory(7, content, kBlock, kOverlap);
  EXPECT_THAT(none.finish(), IsEmpty());
  put(kBlock - 8000, "evil.example");
  put(kBlock + 100, "second.example");
  Bench both;
  both.atoms("d", {{AtomType::kDomain, "evil.example"}})
      .atoms("s", {{AtomType::kDomain, "second.example"}})
      .open();
  both.memory(7, content, kBlock, kOverlap);
  EXPECT_THAT(brief(both.finish()),
              ElementsAre("d /proc/7/mem 48 x1 in_memory", "s /proc/7/mem 48 x1 in_memory"));
}

// A scanner, or whoever reads a feed just now, has all of it in memory.
TEST(IndicatorMatcher, AProcessFullOfIndicatorsIsCutAndNamed) {
  Bench bench;
  std::string content;
  for (int i = 0; i < 1'200; ++i) {
    const std::string host = "host" + std::to_string(i) + ".example";
    bench.atoms(host, {{AtomType::kDomain, host}});
    content += host + '\n';
  }
  bench.open();
  bench.memory(7, content);
  EXPECT_THAT(bench.finish(), SizeIs(1'000));
  ASSERT_THAT(bench.found.gaps, SizeIs(1));
  EXPECT_THAT(bench.found.gaps[0], HasSubstr("/proc/7/mem: more than 1000 indicators"));
}

TEST(IndicatorMatcher, PackagedFilesAreNotLookedThroughAndCounted) {
  Bench bench;
  bench.atoms("d", {{AtomType::kDomain, "evil.example"}}).open();
  bench.file("/usr/share/x", "evil.example\n", "unchanged");
  bench.file("/usr/share/y", "evil.example\n", "modified");
  EXPECT_THAT(brief(bench.finish()), ElementsAre("d /usr/share/y 80 x1"));
  EXPECT_EQ(bench.matcher().coverage().not_looked_at.at("content.package_unchanged"), 1U);
}

TEST(IndicatorMatcher, OrderAndThreadsDoNotShow) {
  const auto run = [](bool reverse, bool threads) {
    Bench bench;
    bench.atoms("d", {{AtomType::kDomain, "evil.example"}}).open();
    std::vector<int> order;
    for (int i = 0; i < 60; ++i) order.push_back(reverse ? 59 - i : i);
    const auto work = [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) {
        const std::string name = "/f" + std::to_string(order[i]);
        bench.file(name, "2023-05-" + std::to_string(10 + order[i] % 20) +
                             "T00:00:00Z evil.example\nx evil.example\n");
      }
    };
    if (threads) {
      std::thread one([&] { work(0, 30); });
      work(30, 60);
      one.join();
    } else {
      work(0, 60);
    }
    std::string out;
    for (const Finding& each : bench.finish()) out += finding_json(each) + "\n";
    return out;
  };
  const std::string plain = run(false, false);
  EXPECT_EQ(plain, run(true, false));
  EXPECT_EQ(plain, run(false, true));
}

TEST(IndicatorMatcher, CoverageSaysWhatWasLookedAt) {
  Bench bench;
  bench.atoms("d", {{AtomType::kDomain, "evil.example"}, {AtomType::kMd5, std::string(32, 'a')}})
      .open();
  bench.file("/a", "text");
  bench.record([](Record&) {});
  const MatchCoverage coverage = bench.matcher().coverage();
  EXPECT_EQ(coverage.loaded.at("indicators"), 1U);
  EXPECT_EQ(coverage.loaded.at("indicators.domain-name"), 1U);
  EXPECT_EQ(coverage.looked_at.at("files"), 1U);
  EXPECT_EQ(coverage.looked_at.at("records"), 1U);
  EXPECT_EQ(coverage.looked_at.at("content_bytes"), 4U);
}

TEST(LineTime, ReadsWhatNamesAZone) {
  const auto time = [](std::string_view line) {
    const auto found = line_time(line);
    return found ? found->iso8601().substr(0, 23) : "-";
  };
  EXPECT_EQ(time("2023-05-01T10:00:00.5+09:00 x"), "2023-05-01T01:00:00.500");
  EXPECT_EQ(time("a 2023-05-01 10:00:00 +0000"), "2023-05-01T10:00:00.000");
  EXPECT_EQ(time("1.2.3.4 - - [10/Oct/2023:13:55:36 -0700] \"GET"), "2023-10-10T20:55:36.000");
  EXPECT_EQ(time("1700000000.123 5 10.0.0.1"), "2023-11-14T22:13:20.123");
  EXPECT_EQ(time("2023-05-01 10:00:00 local"), "-");
  EXPECT_EQ(time("Nov 26 10:00:00 host"), "-");
  EXPECT_EQ(time("2023-13-01T10:00:00Z"), "-");
  EXPECT_EQ(time(""), "-");
}

// docs/record-fields.md is the table of the code.
TEST(RecordFields, TheDocumentHoldsTheTable) {
  const char* project = std::getenv("KONSEKI_PROJECT");
  if (project == nullptr) GTEST_SKIP();
  std::ifstream in(std::string(project) + "/docs/record-fields.md");
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_NE(text.str().find(field_meanings_markdown()), std::string::npos);
}

TEST(IndicatorMatcher, WarninglistsMakeNotesAndNameThemselves) {
  Bench bench;
  bench.atoms("cdn", {{AtomType::kDomain, "static.cdn.example"}})
      .atoms("both", {{AtomType::kDomain, "www.cdn.example"}, {AtomType::kDomain, "evil.example"}})
      .atoms("dns", {{AtomType::kIpNetwork, "203.0.113.0/24"}})
      .atoms("hole", {{AtomType::kIpAddress, "198.51.100.7"}})
      .atoms("md5", {{AtomType::kMd5, "900150983cd24fb0d6963f7d28e17f72"}})
      .warninglist("CDN names", WarninglistType::kHostname, {"cdn.example"})
      .warninglist("Public resolvers", WarninglistType::kCidr, {"203.0.113.53/32"}, {"ip-dst"})
      .warninglist("List of sinkholes", WarninglistType::kCidr, {"198.51.100.0/24"})
      .warninglist("Harmless content", WarninglistType::kString,
                   {"900150983CD24FB0D6963F7D28E17F72"}, {"md5", "filename|md5"})
      .warninglist("Other attributes", WarninglistType::kSubstring, {"evil"}, {"email-src"})
      .open();
  bench.file("/log", "static.cdn.example www.cdn.example evil.example 203.0.113.53 198.51.100.7\n");
  bench.file("/abc", "abc");
  const auto& found = bench.finish();
  EXPECT_THAT(brief(found),
              ::testing::UnorderedElementsAre(
                  "md5 /abc 0 x1 warninglisted", "both /log 80 x2", "cdn /log 0 x1 warninglisted",
                  "dns /log 0 x1 in_network warninglisted", "hole /log 80 x1 sinkhole"));
  for (const Finding& each : found) {
    if (each.rule == "dns") {
      EXPECT_THAT(each.reason.en, HasSubstr("(Public resolvers)"));
    }
    if (each.rule == "md5") {
      EXPECT_THAT(each.reason.ja, HasSubstr("(Harmless content)"));
    }
    if (each.rule == "both") {
      EXPECT_EQ(each.listed, (std::vector<Observable>{{"domain-name", "evil.example"},
                                                      {"domain-name", "www.cdn.example"}}));
    }
  }
  EXPECT_EQ(bench.matcher().coverage().loaded.at("warninglists"), 5U);
}

TEST(IndicatorMatcher, TellsWhatIsListedAndWhatStoodThere) {
  Bench bench;
  bench.atoms("sub", {{AtomType::kDomain, "evil.example"}})
      .atoms("net", {{AtomType::kIpNetwork, "203.0.113.0/24"}})
      .atoms("sha512", {{AtomType::kSha512, std::string(128, 'a')}})
      .open();
  bench.file("/a", "a.evil.example evil.example 203.0.113.9 localhost\n");
  for (const Finding& each : bench.finish()) {
    if (each.rule == "sub") {
      EXPECT_EQ(each.listed, (std::vector<Observable>{{"domain-name", "evil.example"}}));
      EXPECT_EQ(each.seen, (std::vector<Observable>{{"domain-name", "a.evil.example"},
                                                    {"domain-name", "evil.example"}}));
    } else {
      EXPECT_EQ(each.rule, "net");
      EXPECT_EQ(each.listed, (std::vector<Observable>{{"ip-network", "203.0.113.0/24"}}));
      EXPECT_EQ(each.seen, (std::vector<Observable>{{"ip-address", "203.0.113.9"}}));
    }
  }
  EXPECT_EQ(bench.matcher().coverage().not_looked_at.at("indicators.sha512"), 1U)
      << "what is not computed is said, never left out in silence";
}

}  // namespace
}  // namespace konseki::testing

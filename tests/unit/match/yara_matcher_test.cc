#include "agent/match/yara/yara_matcher.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <thread>

#include "agent/match/file_kind.h"
#include "agent/match/yara/rule_meta.h"
#include "tests/unit/match/yara_support.h"

namespace konseki::yara {
namespace {

using konseki::testing::FakeFile;
using konseki::testing::Findings;
using konseki::testing::match;
using konseki::testing::matches;
using konseki::testing::rules_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(YaraMatcher, SaysWhatWhereAndHowBad) {
  YaraMatcher matcher(rules_of({{"r/a.yar",
                                 "rule r : tag attack_t1505_003 { meta: description = \"What\" "
                                 "author = \"who\" score = 85 strings: $a = \"ab\\x00\" "
                                 "$p = \"ab\" private condition: #a == 2 and $p }"}}));
  Findings findings;
  match(matcher, {"/w/a.php", std::string("xab\0ab\0", 7)}, findings);
  ASSERT_EQ(findings.found.size(), 1u);
  const Finding& finding = findings.found[0];
  EXPECT_EQ(finding.rule, "r");
  EXPECT_EQ(finding.origin, "r/a.yar");
  EXPECT_EQ(finding.title, "What");
  EXPECT_EQ(finding.score, 85);
  EXPECT_EQ(finding.severity, Severity::kHigh);
  EXPECT_EQ(finding.technique, "T1505.003");
  EXPECT_EQ(finding.sha256.size(), 64u);
  ASSERT_EQ(finding.witnesses.size(), 2u);
  EXPECT_THAT(finding.witnesses[0].text.en, HasSubstr("author: who; tags: tag, attack_t1505_003"));
  EXPECT_EQ(finding.witnesses[1].excerpt, "ab\\x00");
  ASSERT_EQ(finding.witnesses[1].addresses.size(), 2u);
  EXPECT_EQ(finding.witnesses[1].addresses[1].range, (ByteRange{4, 3}));
  EXPECT_EQ(matcher.coverage().looked_at.at("files"), 1u);
  EXPECT_EQ(matcher.coverage().looked_at.at("bytes"), 7u);
}

TEST(YaraMatcher, GivesRulesTheFactsTheyAskFor) {
  const auto rules =
      rules_of({{"r/a.yar",
                 "rule name { condition: filename == \"Run.PHP\" and extension == \".php\" }\n"
                 "rule path { condition: filepath == \"C:\\\\inetpub\\\\Run.PHP\" }\n"
                 "rule type { condition: filetype == \"PHP\" }\n"
                 "rule digest { condition: md5 == \"8d777f385d3dfec8815d20f7496026dc\" }\n"
                 "rule owner_is { condition: owner == \"S-1-5-18\" and id == \"S-1-5-18\" }\n"}});
  EXPECT_THAT(matches(rules, {"C:/inetpub/Run.PHP", "data", true, PathStyle::kWindows, "S-1-5-18"}),
              ElementsAre("digest", "name", "owner_is", "path"));
  EXPECT_THAT(matches(rules, {"/x", "<?php 1"}), ElementsAre("type"));
}

// A large file comes in blocks: matches across their borders, sizes and digests are as in one.
TEST(YaraMatcher, BlocksAnswerAsTheWhole) {
  const auto rules = rules_of(
      {{"r/a.yar",
        "import \"hash\"\n"
        "rule border { strings: $a = \"BORDER-BORDER\" condition: #a == 1 and @a[1] == 16777210 }\n"
        "rule overlap { strings: $a = \"OVERLAP\" condition: #a == 1 }\n"
        "rule size { condition: filesize == 40000000 }\n"
        "rule head { condition: uint16(0) == 0x4142 and uint8(39999999) == 0x5a }\n"
        "rule digest { condition: hash.md5(0, 20000000) == hash.md5(0, 20000000) }\n"}});
  std::string content(40'000'000, '.');
  content.replace(0, 2, "BA");
  content.replace(16'777'210, 13, "BORDER-BORDER");
  content.replace(16'000'000, 7, "OVERLAP");
  content.back() = 'Z';
  const auto whole = matches(rules, {"/a", content});
  EXPECT_THAT(whole, ElementsAre("border", "digest", "head", "overlap", "size"));
  EXPECT_EQ(matches(rules, {"/a", content, false}), whole);
}

TEST(YaraMatcher, AnswersForAnEmptyFile) {
  const auto rules = rules_of({{"r/a.yar", "rule empty { condition: filesize == 0 }"}});
  EXPECT_THAT(matches(rules, {"/a", ""}), ElementsAre("empty"));
}

TEST(YaraMatcher, StopsWhenTheTimeIsUpAndSaysSo) {
  YaraOptions options;
  options.file_seconds = 1;
  YaraMatcher matcher(rules_of({{"r/a.yar",
                                 "rule slow { condition: for all i in (0..100000000000) : "
                                 "(for any j in (0..1000) : (i + j == i + j)) }"}}),
                      options);
  Findings findings;
  match(matcher, {"/slow", "x"}, findings);
  EXPECT_THAT(findings.gaps, ElementsAre(HasSubstr("/slow: YARA: not done after 1 seconds")));
  EXPECT_EQ(matcher.coverage().not_looked_at.at("time_limit"), 1u);
  EXPECT_FALSE(matcher.coverage().looked_at.contains("files"));
}

TEST(YaraMatcher, BoundsWhatOneStringMayCost) {
  YaraMatcher matcher(rules_of({{"r/a.yar",
                                 "rule many { strings: $a = \"aa\" condition: #a > 5 }\n"
                                 "rule other { strings: $b = \"END\" condition: $b }"}}));
  Findings findings;
  match(matcher, {"/a", std::string(3'000'000, 'a') + "END"}, findings);
  EXPECT_THAT(findings.gaps, ElementsAre(HasSubstr("more than a million matches of many $a")));
  EXPECT_THAT(findings.names(), ::testing::Contains("other"));
}

TEST(YaraMatcher, KeepsTheConsoleOffTheScreen) {
  YaraMatcher matcher(rules_of({{"r/a.yar",
                                 "import \"console\"\n"
                                 "rule talks { condition: console.log(\"said \", filesize) }"}}));
  Findings findings;
  ::testing::internal::CaptureStdout();
  match(matcher, {"/a", "xyz"}, findings);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  ASSERT_EQ(findings.found.size(), 1u);
  EXPECT_EQ(findings.found[0].witnesses.back().excerpt, "said 3");
}

TEST(YaraMatcher, ThreadsDoNotShareAnswers) {
  YaraMatcher matcher(rules_of({{"r/a.yar",
                                 "rule a { strings: $a = \"AAA\" condition: $a }\n"
                                 "rule b { condition: filename == \"b\" }"}}));
  Findings findings;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        match(matcher, {t % 2 == 0 ? "/a" : "/b", t % 2 == 0 ? "xAAAx" : "xBBBx"}, findings);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(findings.found.size(), 200u);
  for (const Finding& each : findings.found) EXPECT_EQ(each.subject.path, "/" + each.rule);
}

TEST(RuleMeta, ScoresFromWhatAuthorsWrite) {
  const auto score = [](std::string key, std::string value) {
    RuleHit hit;
    hit.meta.emplace_back(std::move(key), std::move(value));
    return score_of(hit);
  };
  EXPECT_EQ(score("score", "130"), 100);
  EXPECT_EQ(score("Score", "40"), 40);
  EXPECT_EQ(score("severity", "Critical"), 90);
  EXPECT_EQ(score("severity", "low"), 25);
  EXPECT_EQ(score("severity", "7"), 70);
  EXPECT_EQ(score("threat_level", "95"), 95);
  EXPECT_EQ(score("author", "x"), 70);
}

TEST(FileKind, GoesByContent) {
  const auto kind = [](std::string_view text) { return file_kind(std::as_bytes(std::span(text))); };
  EXPECT_EQ(kind("MZ\x90"), "EXE");
  EXPECT_EQ(kind("\x7f"
                 "ELF"),
            "ELF");
  EXPECT_EQ(kind("%PDF-1.4"), "PDF");
  EXPECT_EQ(kind("PK\x03\x04zzz"), "ZIP");
  EXPECT_EQ(kind("\xef\xbb\xbf\n <?PHP"), "PHP");
  EXPECT_EQ(kind("#!/usr/bin/env python3\n"), "Python");
  EXPECT_EQ(kind("<%@ Page Language=\"java\""), "JSP");
  EXPECT_EQ(kind("@echo off"), "BATCH");
  EXPECT_EQ(kind("hello"), "");
  EXPECT_EQ(kind(""), "");
}

// A process whose memory is `blocks`, of one region each.
struct FakeProcess {
  std::vector<MemoryRegion> regions;
  std::vector<MemoryBlock> blocks;
  std::map<std::uint64_t, std::string> texts;

  void add(std::uint64_t base, std::string text, std::string file) {
    MemoryRegion region;
    region.base = base;
    region.size = text.size();
    region.access = "rw-";
    region.file = std::move(file);
    regions.push_back(std::move(region));
    texts.emplace(base, std::move(text));
  }
  MatchProcess process() {
    for (const MemoryRegion& region : regions) {
      blocks.push_back({{region.base, region.size}, &region});
    }
    MatchProcess process{{812, "x", "/usr/bin/x"}, {}, blocks};
    process.address.path = "/proc/812/mem";
    return process;
  }
};

class FakeMemoryReader : public ByteReader {
 public:
  explicit FakeMemoryReader(const FakeProcess& process) : process_(process) {}
  std::uint64_t size() const override { return ~std::uint64_t{0}; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    const auto text = process_.texts.find(offset);
    if (text == process_.texts.end()) return fail(ErrorCode::kInternal, "no such block");
    const auto bytes = std::as_bytes(std::span(text->second));
    std::copy_n(bytes.begin(), out.size(), out.begin());
    return out.size();
  }

 private:
  const FakeProcess& process_;
};

TEST(YaraMatcher, LooksAtAllBlocksOfAProcessTogether) {
  YaraMatcher matcher(rules_of({{"r/a.yar",
                                 "rule both { strings: $a = \"first half\" $b = \"second half\" "
                                 "condition: $a and $b }\n"
                                 "rule size { condition: filesize > 0 }\n"
                                 "rule named { condition: filename == \"x\" }\n"
                                 "rule neither { strings: $a = \"nowhere\" condition: $a }"}}));
  FakeProcess fake;
  fake.add(0x1000, "..first half", "[heap]");
  fake.add(0x7f0000000000, std::string("\0second half", 12), "");
  const MatchProcess process = fake.process();
  FakeMemoryReader memory(fake);
  Findings findings;
  matcher.match_memory(process, memory, findings);
  EXPECT_THAT(findings.gaps, IsEmpty());
  EXPECT_THAT(findings.names(), ElementsAre("both", "named"));
  const auto both = std::find_if(findings.found.begin(), findings.found.end(),
                                 [](const Finding& each) { return each.rule == "both"; });
  EXPECT_EQ(both->subject.path, "/proc/812/mem");
  EXPECT_THAT(both->reason.en, HasSubstr("in the memory of process 812 (/usr/bin/x)"));
  EXPECT_THAT(both->reason.ja, HasSubstr("プロセス 812 (/usr/bin/x)"));
  ASSERT_EQ(both->witnesses.size(), 3u);
  EXPECT_THAT(both->witnesses[1].text.en,
              HasSubstr("first at 0x1002 ([heap], rw-, region at 0x1000)"));
  EXPECT_THAT(both->witnesses[2].text.ja, HasSubstr("0x7f0000000001 (無名、rw-、領域の先頭"));
  ASSERT_EQ(both->witnesses[2].addresses.size(), 1u);
  EXPECT_EQ(both->witnesses[2].addresses[0].range, (ByteRange{0x7f0000000001, 11}));
  EXPECT_EQ(matcher.coverage().looked_at.at("processes"), 1u);
}

volatile std::uintptr_t g_nowhere = 8;

// A crash inside of libyara, for files of the name "bad".
void crash_on_bad(const ScanFacts& facts) {
  if (facts.file_name == "bad") *reinterpret_cast<volatile int*>(g_nowhere) = 1;
}

TEST(YaraMatcher, ACrashCostsOneFile) {
  YaraMatcher matcher(rules_of({{"r/a.yar", "rule r { condition: true }"}}),
                      {.before_scan = crash_on_bad});
  Findings findings;
  match(matcher, {"/1", "x"}, findings);
  match(matcher, {"/bad", "x"}, findings);
  match(matcher, {"/2", "x"}, findings);
  match(matcher, {"/large/bad", "x", false}, findings);
  match(matcher, {"/3", "x", false}, findings);
  EXPECT_THAT(findings.names(), ElementsAre("r", "r", "r"));
  EXPECT_THAT(findings.gaps,
              ElementsAre(HasSubstr("/bad: libyara did not survive this: it crashed"),
                          HasSubstr("/large/bad: libyara did not survive")));
  EXPECT_EQ(matcher.coverage().not_looked_at.at("crashed"), 2u);
  EXPECT_EQ(matcher.coverage().looked_at.at("files"), 3u);
}

TEST(YaraMatcher, AHangCostsOneFile) {
  YaraMatcher matcher(rules_of({{"r/a.yar", "rule r { condition: true }"}}),
                      {.file_seconds = 1, .before_scan = [](const ScanFacts& facts) {
                         static std::atomic<std::uint64_t> turns;
                         while (facts.file_name == "bad") turns.fetch_add(1);
                       }});
  Findings findings;
  match(matcher, {"/bad", "x"}, findings);
  match(matcher, {"/1", "x"}, findings);
  EXPECT_THAT(findings.names(), ElementsAre("r"));
  EXPECT_THAT(findings.gaps, ElementsAre(HasSubstr("/bad: libyara did not survive this: it hung")));
}

TEST(YaraMatcher, ManyCrashesEndTheScan) {
  YaraMatcher matcher(rules_of({{"r/a.yar", "rule r { condition: true }"}}),
                      {.before_scan = crash_on_bad});
  Findings findings;
  for (int i = 0; i < 25; ++i) match(matcher, {"/" + std::to_string(i) + "/bad", "x"}, findings);
  match(matcher, {"/1", "x"}, findings);
  EXPECT_THAT(findings.found, IsEmpty());
  EXPECT_EQ(findings.gaps.size(), 21u);
  EXPECT_THAT(findings.gaps.back(), HasSubstr("yara: libyara crashed 20 times"));
  EXPECT_EQ(matcher.coverage().not_looked_at.at("given_up"), 6u);
}

}  // namespace
}  // namespace konseki::yara

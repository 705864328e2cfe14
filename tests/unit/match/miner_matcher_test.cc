// Processes, sockets, start-up entries and settings as records, and what is found in them.
#include "agent/match/miner/miner_matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "agent/base/inode_flags.h"
#include "agent/base/memory_reader.h"
#include "konseki/finding.h"

namespace konseki {
namespace {

constexpr auto kProcessFields = std::to_array<FieldSpec>({
    {"pid", FieldType::kUint, ""},
    {"name", FieldType::kText, ""},
    {"exe", FieldType::kText, ""},
    {"exe_deleted", FieldType::kBool, ""},
    {"exe_memfd", FieldType::kBool, ""},
    {"hidden", FieldType::kBool, ""},
    {"own", FieldType::kBool, ""},
    {"kernel_thread", FieldType::kBool, ""},
    {"command_line", FieldType::kTextList, ""},
    {"started", FieldType::kTime, "", "Process Started"},
    {"cpu_milliseconds", FieldType::kUint, ""},
    {"signs", FieldType::kTextList, ""},
    {"open_paths", FieldType::kTextList, ""},
    {"deleted_paths", FieldType::kTextList, ""},
});
constexpr auto kSystemFields = std::to_array<FieldSpec>({
    {"huge_pages", FieldType::kUint, ""},
    {"signs", FieldType::kTextList, ""},
});
constexpr auto kSocketFields = std::to_array<FieldSpec>({
    {"pid", FieldType::kUint, ""},
    {"state", FieldType::kText, ""},
    {"local_address", FieldType::kText, ""},
    {"local_port", FieldType::kUint, ""},
    {"remote_address", FieldType::kText, ""},
    {"remote_port", FieldType::kUint, ""},
});
constexpr auto kEntryFields = std::to_array<FieldSpec>({
    {"mechanism", FieldType::kText, ""},
    {"location", FieldType::kText, ""},
    {"name", FieldType::kText, ""},
    {"command", FieldType::kText, ""},
    {"target", FieldType::kText, ""},
    {"target_package_state", FieldType::kText, ""},
});
constexpr auto kContainerFields = std::to_array<FieldSpec>({
    {"id", FieldType::kText, ""},
    {"name", FieldType::kText, ""},
    {"image", FieldType::kText, ""},
    {"command", FieldType::kTextList, ""},
});
constexpr auto kExclusionFields = std::to_array<FieldSpec>({
    {"value", FieldType::kText, ""},
    {"key", FieldType::kText, ""},
});
constexpr auto kRightFields = std::to_array<FieldSpec>({
    {"sid", FieldType::kText, ""},
    {"account", FieldType::kText, ""},
    {"privileges", FieldType::kTextList, ""},
});
const RecordSchema kProcess{"linux.process", "", kProcessFields};
const RecordSchema kSocket{"linux.socket", "", kSocketFields};
const RecordSchema kEntry{"persistence", "", kEntryFields};
const RecordSchema kContainer{"linux.container", "", kContainerFields};
const RecordSchema kSystem{"linux.system", "", kSystemFields};
const RecordSchema kExclusion{"windows.security_exclusion", "", kExclusionFields};
const RecordSchema kRight{"windows.account_right", "", kRightFields};

class Collected : public FindingSink {
 public:
  void emit(Finding&& finding) override { findings.push_back(std::move(finding)); }
  void gap(std::string_view, const Error&) override {}
  std::vector<Finding> findings;
};

class MinerMatcherTest : public ::testing::Test {
 protected:
  Record process(std::uint64_t pid, std::string name, std::string exe,
                 std::vector<std::string> command_line) {
    Record record(kProcess);
    record.set("pid", pid);
    record.set("name", std::move(name));
    record.set("exe", std::move(exe));
    record.set("command_line", std::move(command_line));
    return record;
  }
  Record entry(std::string mechanism, std::string location, std::string name, std::string command) {
    Record record(kEntry);
    record.source.path = location;
    record.set("mechanism", std::move(mechanism));
    record.set("location", std::move(location));
    record.set("name", std::move(name));
    record.set("command", std::move(command));
    return record;
  }
  void see(const Record& record) { matcher_->match_record(record, sink_); }
  const std::vector<Finding>& found() {
    matcher_->finish(sink_);
    return sink_.findings;
  }
  // A file as it is listed. `flags`: Entry::attributes.
  void list(const std::string& path, std::uint32_t flags, FileType type = FileType::kRegular) {
    Entry entry;
    entry.path = path.substr(1);
    entry.type = type;
    entry.attributes = flags;
    VolumeInfo volume;
    if (path[1] == ':') volume.style = PathStyle::kWindows;
    const FileItem item{entry, volume, path, {}, {}};
    MatchFile file{item, {}, nullptr, {}, {}, 10, {}};
    file.address.path = path;
    matcher_->match_entry(file, sink_);
  }
  // The only finding; fails when there is another number of them.
  Finding only() {
    found();
    EXPECT_EQ(sink_.findings.size(), 1U);
    return sink_.findings.empty() ? Finding{} : sink_.findings[0];
  }
  static bool says(const Finding& finding, std::string_view witness) {
    return std::any_of(finding.witnesses.begin(), finding.witnesses.end(),
                       [&](const Witness& each) { return each.name == witness; });
  }

  std::unique_ptr<Matcher> matcher_ =
      make_miner_matcher(std::make_shared<const MinerData>(*MinerData::with({})));
  Collected sink_;
};

TEST_F(MinerMatcherTest, AProcessByItsCommandLine) {
  see(process(7, "python3", "/usr/bin/python3",
              {"python3", "-o", "stratum+tcp://pool.example.invalid:3333", "-u", "x"}));
  const Finding finding = only();
  EXPECT_GE(finding.severity, Severity::kHigh);
  EXPECT_EQ(finding.rule, "miner.linux.process");
  EXPECT_TRUE(says(finding, "stratum"));
}

TEST_F(MinerMatcherTest, AProcessByItsNameDeletedAndBusy) {
  Record record = process(7, "kdevtmpfsi", "/tmp/kdevtmpfsi", {"/tmp/kdevtmpfsi"});
  record.set("exe_deleted", true);
  record.set("started", Timestamp{1'000'000, 0});
  record.set("cpu_milliseconds", std::uint64_t{2 * 3600 * 950});
  see(record);
  Record own = process(9, "konseki", "/media/usb/konseki", {"konseki"});
  own.set("own", true);
  own.set("started", Timestamp{1'000'000 + 7200, 0});
  see(own);
  const Finding finding = only();
  EXPECT_GE(finding.severity, Severity::kHigh);
  for (const char* witness : {"name.disguise", "process.deleted", "path.hidden", "process.busy"}) {
    EXPECT_TRUE(says(finding, witness)) << witness;
  }
  for (const Witness& each : finding.witnesses) {
    if (each.name != "process.busy") continue;
    EXPECT_THAT(each.text.en, ::testing::HasSubstr("95%"));
  }
}

TEST_F(MinerMatcherTest, AnIdleProcessIsNotBusy) {
  Record record = process(7, "xmrig", "/opt/xmrig", {"xmrig"});
  record.set("started", Timestamp{1'000'000, 0});
  record.set("cpu_milliseconds", std::uint64_t{1000});
  see(record);
  Record own = process(9, "konseki", "/media/usb/konseki", {"konseki"});
  own.set("own", true);
  own.set("started", Timestamp{1'100'000, 0});
  see(own);
  EXPECT_FALSE(says(only(), "process.busy"));
}

TEST_F(MinerMatcherTest, AThreadOfTheKernelWithAProgram) {
  Record disguised = process(7, "kworker/u8:2", "/dev/shm/.k", {"[kworker/u8:2]"});
  disguised.set("signs", std::vector<std::string>{"kernel_thread_disguise"});
  see(disguised);
  Record genuine = process(8, "kworker/0:1", "", {});
  genuine.set("kernel_thread", true);
  see(genuine);
  const Finding finding = only();
  EXPECT_EQ(finding.severity, Severity::kMedium);
  EXPECT_EQ(finding.rule, "miner.disguise");
  EXPECT_FALSE(finding.reason.ja.empty());
}

TEST_F(MinerMatcherTest, AProgramFromMemory) {
  Record record = process(7, "x", "/memfd:x", {"x", "--donate-level=1"});
  record.set("exe_memfd", true);
  see(record);
  EXPECT_TRUE(says(only(), "process.from_memory"));
}

TEST_F(MinerMatcherTest, DeletedProgramsOfUpdatesAreNoMiners) {
  Record record = process(7, "nginx", "/usr/sbin/nginx", {"nginx: worker process"});
  record.set("exe_deleted", true);
  see(record);
  EXPECT_THAT(found(), ::testing::IsEmpty());
}

TEST_F(MinerMatcherTest, PortsAreNotesBesideAnotherSign) {
  Record socket(kSocket);
  socket.set("pid", std::uint64_t{7});
  socket.set("state", std::string("ESTABLISHED"));
  socket.set("remote_address", std::string("192.0.2.1"));
  socket.set("remote_port", std::uint64_t{3333});
  see(socket);
  Record listening(kSocket);
  listening.set("pid", std::uint64_t{7});
  listening.set("state", std::string("LISTEN"));
  listening.set("local_address", std::string("0.0.0.0"));
  listening.set("local_port", std::uint64_t{3333});
  see(listening);
  Record alone(kSocket);
  alone.set("pid", std::uint64_t{8});
  alone.set("remote_address", std::string("192.0.2.1"));
  alone.set("remote_port", std::uint64_t{3333});
  see(alone);
  see(process(7, "xmrig", "/opt/xmrig", {"xmrig"}));
  const Finding finding = only();
  EXPECT_TRUE(says(finding, "socket.port"));
  EXPECT_TRUE(says(finding, "socket.listens"));
}

TEST_F(MinerMatcherTest, StartUpEntries) {
  see(entry("windows.scheduled_task", "C:/Windows/System32/Tasks/Update", "Update",
            "powershell -enc aQBlAHgAIAAoAG4AZQB3ACkA"));
  see(entry("linux.cron", "/var/spool/cron/crontabs/www-data", "",
            "*/10 * * * * /tmp/.X11-unix/.x/kworker -c /tmp/.X11-unix/.x/c.json"));
  see(entry("windows.service", "HKLM/SYSTEM/Services/WinRing0_1_2_0", "WinRing0_1_2_0",
            "C:\\x\\WinRing0x64.sys"));
  see(entry("linux.cron", "/etc/crontab", "", "17 * * * * root run-parts /etc/cron.hourly"));
  ASSERT_EQ(found().size(), 3U);
  for (const Finding& each : found()) {
    if (each.subject.path.find("Tasks") != std::string::npos) {
      EXPECT_GE(each.severity, Severity::kHigh);
      EXPECT_EQ(each.rule, "miner.loader");
    } else if (each.subject.path.find("crontabs") != std::string::npos) {
      EXPECT_EQ(each.severity, Severity::kMedium);
      EXPECT_EQ(each.rule, "miner.disguise");
    } else {
      EXPECT_EQ(each.severity, Severity::kLow) << "programs that watch the hardware have it too";
      EXPECT_EQ(each.rule, "miner.driver");
    }
  }
}

TEST_F(MinerMatcherTest, ContainersByImageAndCommand) {
  Record record(kContainer);
  record.set("id", std::string("abc"));
  record.set("name", std::string("web"));
  record.set("image", std::string("alpine"));
  record.set("command",
             std::vector<std::string>{"xmrig", "-o", "a.example.invalid:3333", "-u", "x"});
  see(record);
  EXPECT_GE(only().severity, Severity::kHigh);
}

TEST_F(MinerMatcherTest, ContainersByTheNameOfTheirImage) {
  Record record(kContainer);
  record.set("id", std::string("abc"));
  record.set("image", std::string("docker.io/someone/xmrig:6.21"));
  see(record);
  EXPECT_TRUE(says(only(), "name.miner"));
}

TEST_F(MinerMatcherTest, ChangesOfAHostSpeakBesideAMinerOnly) {
  Record preload = entry("linux.ld_so_preload", "/etc/ld.so.preload", "", "");
  preload.set("target", std::string("/usr/local/lib/libs.so"));
  preload.set("target_package_state", std::string("nobody"));
  see(preload);
  Record exclusion(kExclusion);
  exclusion.source.path = "HKLM/Exclusions";
  exclusion.set("value", std::string("C:\\ProgramData"));
  exclusion.set("key", std::string("Exclusions\\Paths"));
  see(exclusion);
  EXPECT_THAT(found(), ::testing::IsEmpty());
  see(process(7, "xmrig", "/opt/xmrig", {"xmrig", "--donate-level=1"}));
  ASSERT_EQ(found().size(), 3U);
  for (const Finding& each : found()) {
    if (each.rule == "miner.linux.process") continue;
    EXPECT_EQ(each.rule, "miner.host_change");
    EXPECT_EQ(each.severity, Severity::kLow);
  }
}

TEST_F(MinerMatcherTest, TheRightToLockPagesSpeaksBesideAMinerOnly) {
  const auto give = [&](std::string sid, std::string privilege) {
    Record right(kRight);
    right.source.path = "C:/Windows/System32/config/SECURITY";
    right.set("sid", std::move(sid));
    right.set("privileges", std::vector<std::string>{"SeTimeZonePrivilege", std::move(privilege)});
    see(right);
  };
  give("S-1-5-21-1-2-3-1001", "SeLockMemoryPrivilege");
  give("S-1-5-21-1-2-3-1002", "SeDebugPrivilege");
  EXPECT_THAT(found(), ::testing::IsEmpty()) << "database servers have it, too";
  see(process(7, "xmrig", "/opt/xmrig", {"xmrig", "--donate-level=1"}));
  ASSERT_EQ(found().size(), 2U);
  for (const Finding& each : found()) {
    if (each.rule == "miner.linux.process") continue;
    EXPECT_EQ(each.rule, "miner.host_change");
    EXPECT_TRUE(says(each, "host.lock_memory"));
    EXPECT_THAT(each.reason.en, ::testing::HasSubstr("S-1-5-21-1-2-3-1001"));
  }
}

TEST_F(MinerMatcherTest, TheKernelAsItIsTunedNow) {
  Record system(kSystem);
  system.set("huge_pages", std::uint64_t{2} << 30);
  system.set("signs", std::vector<std::string>{"huge_pages_reserved", "msr_writes_allowed"});
  see(system);
  EXPECT_THAT(found(), ::testing::IsEmpty()) << "databases reserve huge pages, too";
  see(process(7, "xmrig", "/opt/xmrig", {"xmrig", "--donate-level=1"}));
  ASSERT_EQ(found().size(), 2U);
  for (const Finding& each : found()) {
    if (each.rule == "miner.linux.process") continue;
    EXPECT_EQ(each.rule, "miner.host_change");
    EXPECT_TRUE(says(each, "host.huge_pages"));
    EXPECT_TRUE(says(each, "host.msr"));
  }
}

TEST_F(MinerMatcherTest, ImmutableStartUpFiles) {
  list("/etc/cron.d/job", kInodeImmutable);
  list("/etc/cron.d/plain", 0);
  list("/etc/cron.d/appended", kInodeAppendOnly);
  list("/usr/bin/tool", kInodeImmutable);
  const Finding finding = only();
  EXPECT_EQ(finding.rule, "miner.locked");
  EXPECT_EQ(finding.severity, Severity::kLow);
  EXPECT_EQ(finding.technique, "T1222.002");
  EXPECT_EQ(finding.subject.path, "/etc/cron.d/job");
  EXPECT_TRUE(says(finding, "host.immutable_startup"));
}

TEST_F(MinerMatcherTest, ImmutableFoldersOfJobs) {
  list("/var/spool/cron", kInodeImmutable, FileType::kDirectory);
  EXPECT_EQ(only().rule, "miner.locked");
}

// Keys and passwords are locked by administrators as well: they are told beside a miner.
TEST_F(MinerMatcherTest, ImmutableKeysBesideAMiner) {
  list("/root/.ssh/authorized_keys", kInodeImmutable);
  list("C:/root/.ssh/authorized_keys", kInodeImmutable);  // FILE_ATTRIBUTE_DIRECTORY there
  EXPECT_THAT(found(), ::testing::IsEmpty());
  see(process(7, "xmrig", "/opt/xmrig", {"xmrig", "--donate-level=1"}));
  ASSERT_EQ(found().size(), 2U);
}

TEST_F(MinerMatcherTest, TheDriverByItsFile) {
  list("C:/Users/Public/WinRing0x64.sys", 0);
  list("C:/Windows/System32/drivers/ring0.sys", 0);
  const Finding finding = only();
  EXPECT_EQ(finding.rule, "miner.driver");
  EXPECT_EQ(finding.severity, Severity::kLow);
  EXPECT_EQ(finding.subject.path, "C:/Users/Public/WinRing0x64.sys");
}

TEST_F(MinerMatcherTest, TheDriverAsAService) {
  Record service = entry("windows.service", "HKLM/Services/WinRing0_1_2_0", "WinRing0_1_2_0", "");
  service.set("target", std::string("C:/ProgramData/WinRing0x64.sys"));
  see(service);
  EXPECT_EQ(only().rule, "miner.driver");
}

TEST_F(MinerMatcherTest, WhatAMinersProcessHoldsOpen) {
  Record record = process(7, "xmrig", "/opt/xmrig", {"xmrig", "--donate-level=1"});
  record.set("open_paths", std::vector<std::string>{"3 /opt/config.json"});
  record.set("deleted_paths", std::vector<std::string>{"5 /tmp/.log (deleted)"});
  see(record);
  const Finding finding = only();
  ASSERT_TRUE(says(finding, "process.program"));
  for (const Witness& each : finding.witnesses) {
    if (each.name == "process.program") {
      ASSERT_EQ(each.addresses.size(), 1U);
      EXPECT_EQ(each.addresses[0].path, "/opt/xmrig");
    }
    if (each.name != "process.open_files") continue;
    EXPECT_EQ(each.score, 0);
    EXPECT_EQ(each.excerpt, "5 /tmp/.log (deleted)\n3 /opt/config.json");
    ASSERT_EQ(each.addresses.size(), 2U);
    EXPECT_EQ(each.addresses[0].path, "/tmp/.log");
    EXPECT_EQ(each.addresses[1].path, "/opt/config.json");
  }
  EXPECT_TRUE(says(finding, "process.open_files"));
}

TEST_F(MinerMatcherTest, PreviewTellsWhatFinishWillTell) {
  see(process(7, "xmrig", "/opt/xmrig", {"xmrig", "--donate-level=1"}));
  Collected before;
  matcher_->preview(before);
  ASSERT_EQ(before.findings.size(), 1U);
  EXPECT_EQ(finding_json(before.findings[0]), finding_json(only()));
}

TEST_F(MinerMatcherTest, AnExclusionForAMiner) {
  Record exclusion(kExclusion);
  exclusion.set("value", std::string("C:\\ProgramData\\xmrig.exe"));
  exclusion.set("key", std::string("Exclusions\\Processes"));
  see(exclusion);
  EXPECT_GE(only().severity, Severity::kMedium);
}

// What is mapped is what is read.
void see_memory(Matcher& matcher, FindingSink& sink, std::uint32_t pid, std::string_view text) {
  MemoryRegion region;
  region.size = text.size();
  region.access = "rw-";
  region.file = "[heap]";
  const MemoryBlock block{{0, text.size()}, &region};
  MatchProcess process{{pid, "x", "/opt/x"}, {}, {&block, 1}};
  process.address.path = "/proc/" + std::to_string(pid) + "/mem";
  SpanReader memory(std::as_bytes(std::span(text)));
  matcher.match_memory(process, memory, sink);
}

TEST_F(MinerMatcherTest, MemoryAloneIsMedium) {
  see_memory(*matcher_, sink_, 7, "....stratum+tcp://pool.example.invalid:3333");
  see_memory(*matcher_, sink_, 8, "nothing of the kind");
  const Finding finding = only();
  EXPECT_EQ(finding.severity, Severity::kMedium);
  EXPECT_EQ(finding.rule, "miner.memory");
  EXPECT_EQ(finding.subject.path, "/proc/7/mem");
  ASSERT_TRUE(says(finding, "memory.stratum"));
  EXPECT_EQ(finding.witnesses[0].excerpt, "stratum+tcp://pool.example.invalid:3333");
  ASSERT_EQ(finding.witnesses[0].addresses.size(), 1U);
  EXPECT_EQ(finding.witnesses[0].addresses[0].range, (ByteRange{4, 39}));
  EXPECT_NE(finding.reason.en.find("process 7 (/opt/x) at 0x4 ([heap], rw-"), std::string::npos);
  EXPECT_NE(finding.reason.ja.find("プロセス 7 (/opt/x) のメモリ 0x4"), std::string::npos);
}

TEST_F(MinerMatcherTest, MemoryJoinsItsProcessWhicheverComesFirst) {
  const Record record = process(7, "kdevtmpfsi", "/opt/x", {"/opt/x"});
  std::vector<Finding> findings;
  for (const bool memory_first : {false, true}) {
    const auto matcher =
        make_miner_matcher(std::make_shared<const MinerData>(*MinerData::with({})));
    Collected sink;
    if (!memory_first) matcher->match_record(record, sink);
    see_memory(*matcher, sink, 7, "stratum+tcp://pool.example.invalid:3333");
    if (memory_first) matcher->match_record(record, sink);
    matcher->finish(sink);
    ASSERT_EQ(sink.findings.size(), 1U);
    findings.push_back(sink.findings[0]);
  }
  EXPECT_EQ(findings[0].rule, "miner.linux.process");
  EXPECT_EQ(findings[0].severity, Severity::kHigh);
  EXPECT_TRUE(says(findings[0], "memory.stratum"));
  EXPECT_TRUE(says(findings[0], "name.disguise"));
  EXPECT_EQ(finding_json(findings[0]), finding_json(findings[1]));
}

}  // namespace
}  // namespace konseki

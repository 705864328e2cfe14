// What switches escalation on, what it tells and what it wants collected.
#include "agent/match/escalation/escalation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "agent/base/file_row_view.h"
#include "agent/match/webshell/site_evidence.h"

namespace konseki {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::int64_t kThen = 1'767'348'010;  // 2026-01-02T10:00:10Z

constexpr auto kProcessFields = std::to_array<FieldSpec>({
    {"pid", FieldType::kUint, ""},
    {"parent_pid", FieldType::kUint, ""},
    {"name", FieldType::kText, ""},
    {"exe", FieldType::kText, ""},
    {"command_line", FieldType::kTextList, ""},
    {"user", FieldType::kText, ""},
    {"uid", FieldType::kUint, ""},
    {"user_sid", FieldType::kText, ""},
});
const RecordSchema kLinuxProcess{"linux.process", "", kProcessFields};
const RecordSchema kWindowsProcess{"windows.process", "", kProcessFields};

class Collected : public FindingSink {
 public:
  void emit(Finding&& finding) override { found.push_back(std::move(finding)); }
  void gap(std::string_view, const Error&) override {}
  std::vector<Finding> found;
};

// A file as it passes.
struct Passing {
  std::string path;
  std::int64_t after = 0;  // seconds since kThen
  std::string owner = "33";
  std::uint64_t size = 100;
  std::string package = {};
  std::string package_state = {};
  char digest = 0;  // of its content; 0: not read
  std::vector<std::string> artifacts = {};
};

class EscalationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    MatchContext context;
    context.host.users = {{"www-data", "33", "/var/www", ""}};
    escalation_->begin(context);
  }

  void pass(const Passing& file) {
    Entry entry;
    entry.path = file.path.substr(1);
    entry.type = FileType::kRegular;
    entry.size = file.size;
    entry.times.modified = Timestamp{kThen + file.after, 0};
    VolumeInfo volume;
    if (file.path[1] == ':') {
      volume.mount = file.path.substr(0, 2);
      volume.style = PathStyle::kWindows;
      entry.owner = file.owner;
    } else {
      entry.uid = static_cast<std::uint32_t>(std::stoul(file.owner));
    }
    Digests digests{};
    digests.sha256.fill(static_cast<std::byte>(file.digest));
    const FileItem item{entry, volume, file.path, {}, file.artifacts};
    MatchFile match{item, {}, nullptr, file.package, file.package_state, file.size, {}};
    if (file.digest != 0) match.digests = &digests;
    match.address.path = file.path;
    match.address.volume = volume.mount;
    escalation_->match_entry(match, sink_);
  }

  void run_process(const RecordSchema& schema, std::uint64_t pid, std::uint64_t parent,
                   const std::string& name, const std::string& owner,
                   std::vector<std::string> command) {
    Record record(schema);
    record.set("pid", pid);
    record.set("parent_pid", parent);
    record.set("name", name);
    record.set("exe", "/usr/bin/" + name);
    record.set("command_line", std::move(command));
    if (owner.starts_with("S-")) {
      record.set("user_sid", owner);
    } else {
      record.set("uid", std::uint64_t{std::stoul(owner)});
    }
    record.source.path = "/proc/" + std::to_string(pid);
    escalation_->match_record(record, sink_);
  }

  Finding webshell(const std::string& path, Severity severity = Severity::kHigh) {
    Finding finding;
    finding.matcher = "webshell";
    finding.severity = severity;
    finding.subject.path = path;
    if (path[1] == ':') finding.subject.volume = path.substr(0, 2);
    return finding;
  }

  // Reason -> paths.
  std::map<std::string, std::vector<std::string>> wanted(const std::vector<Finding>& findings) {
    EXPECT_TRUE(escalation_->wants_more(findings));
    std::map<std::string, std::vector<std::string>> out;
    for (const WantedFile& each : escalation_->wanted(findings)) {
      out[std::string(each.why)].push_back(each.address.path);
    }
    return out;
  }

  // Witness -> text and excerpt.
  std::map<std::string, std::string> told(const std::vector<Finding>& findings) {
    escalation_->conclude(findings, sink_);
    std::map<std::string, std::string> out;
    if (sink_.found.empty()) return out;
    for (const Witness& each : sink_.found.back().witnesses) {
      EXPECT_FALSE(each.text.ja.empty());
      out[each.name] += each.text.en + '\n' + each.excerpt + '\n';
    }
    return out;
  }

  std::unique_ptr<Matcher> escalation_ =
      make_escalation(std::make_shared<webshell::SiteEvidence>());
  Collected sink_;
};

TEST_F(EscalationTest, SilentWithoutAGraveFinding) {
  std::vector<Finding> findings{webshell("/var/www/a.php", Severity::kMedium)};
  EXPECT_FALSE(escalation_->wants_more(findings));
  EXPECT_THAT(told(findings), IsEmpty());
  findings[0].severity = Severity::kHigh;
  EXPECT_TRUE(escalation_->wants_more(findings));
  told(findings);
  ASSERT_EQ(sink_.found.size(), 1U);
  EXPECT_EQ(sink_.found[0].matcher, "escalation");
  EXPECT_LE(sink_.found[0].severity, Severity::kLow);
  EXPECT_THAT(sink_.found[0].reason.en, HasSubstr("/var/www/a.php"));
}

TEST_F(EscalationTest, WantsWhatTheSameAccountWroteInThatHour) {
  pass({.path = "/var/www/a.php", .size = 777, .digest = 1});
  pass({.path = "/srv/tool", .after = 1200});
  pass({.path = "/srv/before", .after = -3600});
  pass({.path = "/srv/late", .after = 3601});
  pass({.path = "/srv/other", .after = 60, .owner = "1000"});
  pass({.path = "/srv/packaged", .after = 60, .package = "p", .package_state = "intact"});
  const auto files = wanted({webshell("/var/www/a.php")});
  EXPECT_THAT(files.at("subject"), ElementsAre("/var/www/a.php"));
  EXPECT_THAT(files.at("writer"), ElementsAre("/srv/before", "/srv/tool"));
  EXPECT_THAT(told({webshell("/var/www/a.php")})["near.writer"],
              AllOf(HasSubstr("2 more files"), HasSubstr("/srv/tool"), HasSubstr("www-data (33)")));
}

TEST_F(EscalationTest, WantsTheFamilyByContentAndBySizeOfWhatNobodyRead) {
  pass({.path = "/var/www/a.php", .size = 777, .digest = 1});
  pass({.path = "/var/www/b.php", .after = 90'000, .owner = "0", .size = 777, .digest = 1});
  pass({.path = "/var/www/c.bak", .after = 90'000, .owner = "0", .size = 777});
  pass({.path = "/var/www/d.php", .after = 90'000, .owner = "0", .size = 777, .digest = 2});
  Finding first = webshell("/var/www/a.php");
  first.sha256 = std::string(64, '0');
  for (std::size_t i = 1; i < 64; i += 2) first.sha256[i] = '1';
  const auto files = wanted({first});
  EXPECT_THAT(files.at("family"), ElementsAre("/var/www/b.php", "/var/www/c.bak"));
}

TEST_F(EscalationTest, WantsStartUpFilesThatNoPackageOwns) {
  pass({.path = "/var/www/a.php", .size = 777});
  pass({.path = "/etc/cron.d/job", .after = -9'000'000, .owner = "0", .package_state = "nobody"});
  pass({.path = "/etc/cron.d/known", .owner = "0", .package = "cron", .package_state = "unknown"});
  const auto files = wanted({webshell("/var/www/a.php")});
  EXPECT_THAT(files.at("startup"), ElementsAre("/etc/cron.d/job"));
}

// Without a package database nobody can tell; then time decides.
TEST_F(EscalationTest, WantsStartUpFilesOfThatDayWherePackagesAreUnknown) {
  pass({.path = "/var/www/a.php", .size = 777});
  pass({.path = "/etc/cron.d/job", .after = 3600 * 5, .owner = "0"});
  pass({.path = "/etc/cron.d/old", .after = -9'000'000, .owner = "0"});
  const auto files = wanted({webshell("/var/www/a.php")});
  EXPECT_THAT(files.at("startup"), ElementsAre("/etc/cron.d/job"));
  EXPECT_THAT(told({webshell("/var/www/a.php")})["near.startup"], HasSubstr("no package database"));
}

TEST_F(EscalationTest, WantsLogsThatReachIntoThatTime) {
  pass({.path = "/var/www/a.php", .size = 777});
  pass({.path = "/var/log/auth.log", .after = 86400 * 3, .owner = "0"});
  pass({.path = "/var/log/auth.log.9", .after = -7200, .owner = "0"});
  pass({.path = "/var/log/empty.log", .after = 86400, .owner = "0", .size = 0});
  pass({.path = "/opt/app/notes", .after = 86400 * 3, .owner = "0"});
  pass({.path = "/opt/app/logs/today", .after = 86400 * 2, .owner = "0"});
  pass({.path = "/opt/app/vendor/psr/log/Logger.php", .after = 86400 * 2, .owner = "0"});
  const auto files = wanted({webshell("/var/www/a.php")});
  EXPECT_THAT(files.at("log"), ElementsAre("/opt/app/logs/today", "/var/log/auth.log"));
}

TEST_F(EscalationTest, AMinersProcessLeadsToItsProgramAndItsOpenFiles) {
  pass({.path = "/tmp/.x/m", .owner = "1000"});
  pass({.path = "/tmp/.x/pool.txt", .after = -86400 * 40, .owner = "0"});
  Finding miner;
  miner.matcher = "miner";
  miner.severity = Severity::kHigh;
  miner.schema = "linux.process";
  miner.subject.path = "/proc/77";
  const auto add = [&](std::string name, std::string path) {
    Witness witness;
    witness.name = std::move(name);
    witness.text = {"x", "x"};
    PathSpec address;
    address.path = std::move(path);
    witness.addresses.push_back(std::move(address));
    miner.witnesses.push_back(std::move(witness));
  };
  add("process.program", "/tmp/.x/m");
  add("process.open_files", "/tmp/.x/pool.txt");
  const auto files = wanted({miner});
  EXPECT_THAT(files.at("subject"), ElementsAre("/tmp/.x/m"));
  EXPECT_THAT(files.at("open"), ElementsAre("/tmp/.x/pool.txt"));
  EXPECT_THAT(told({miner})["chain.miner"], HasSubstr("written by 1000"));
}

// The shell that the server's page started is told; the server itself is no stranger.
TEST_F(EscalationTest, ChildrenOfTheWebServerAreTold) {
  pass({.path = "/var/www/a.php", .size = 777});
  run_process(kLinuxProcess, 900, 1, "php-fpm8.2", "33", {"php-fpm: pool www"});
  run_process(kLinuxProcess, 950, 900, "sh", "33", {"sh", "-c", "id"});
  run_process(kLinuxProcess, 960, 1, "bash", "1000", {"bash"});
  run_process(kLinuxProcess, 970, 1, "tail", "0", {"tail", "-f", "/var/www/a.php"});
  const auto said = told({webshell("/var/www/a.php")});
  EXPECT_THAT(said.at("near.process"),
              AllOf(HasSubstr("950"), HasSubstr("sh -c id"), HasSubstr("parent 900 php-fpm8.2"),
                    Not(HasSubstr("960")), Not(HasSubstr("pool www"))));
  EXPECT_THAT(said.at("writer.process"), AllOf(HasSubstr("970"), HasSubstr("tail -f")));
  EXPECT_THAT(said.at("chain.webshell"), HasSubstr("the account as which php-fpm8.2 runs"));
}

// Accounts of Windows are known by their SID, on files and on processes.
TEST_F(EscalationTest, WritersOnWindowsAreSids) {
  const std::string pool = "S-1-5-82-1-2-3-4-5";
  pass({.path = "C:/inetpub/wwwroot/a.aspx", .owner = pool, .size = 777});
  pass({.path = "C:/Windows/Temp/b.exe", .after = 100, .owner = pool});
  pass({.path = "C:/Windows/Temp/c.exe", .after = 100, .owner = "S-1-5-18"});
  run_process(kWindowsProcess, 40, 4, "w3wp.exe", pool, {"w3wp.exe -ap x"});
  run_process(kWindowsProcess, 44, 40, "cmd.exe", pool, {"cmd.exe /c whoami"});
  run_process(kWindowsProcess, 48, 4, "cmd.exe", "S-1-5-18", {"cmd.exe /c other"});
  const auto files = wanted({webshell("C:/inetpub/wwwroot/a.aspx")});
  EXPECT_THAT(files.at("writer"), ElementsAre("C:/Windows/Temp/b.exe"));
  const auto said = told({webshell("C:/inetpub/wwwroot/a.aspx")});
  EXPECT_THAT(said.at("chain.webshell"),
              AllOf(HasSubstr("written by " + pool), HasSubstr("as which w3wp.exe runs")));
  EXPECT_THAT(said.at("near.process"),
              AllOf(HasSubstr("cmd.exe /c whoami"), HasSubstr("parent 40 w3wp.exe"),
                    Not(HasSubstr("other"))));
}

TEST_F(EscalationTest, TellsWhatWasBroughtWhicheverRowComesFirst) {
  const std::vector<std::string> artifact{std::string(kEscalationArtifact)};
  pass({.path = "/var/www/a.php", .size = 777, .digest = 1});
  pass({.path = "/srv/x", .after = 60, .size = 50, .digest = 3, .artifacts = artifact});
  pass({.path = "/srv/x", .after = 60, .size = 50});
  pass({.path = "/srv/refused", .after = 60, .size = 50, .artifacts = artifact});
  EXPECT_THAT(
      told({webshell("/var/www/a.php")})["collected"],
      AllOf(HasSubstr("1 more files (50 bytes)"), HasSubstr("/srv/x"), Not(HasSubstr("refused"))));
}

}  // namespace
}  // namespace konseki

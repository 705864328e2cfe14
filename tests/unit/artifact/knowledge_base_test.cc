#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "agent/artifact/linux_facts.h"
#include "agent/base/unicode.h"
#include "agent/source/open_source.h"
#include "konseki/artifact.h"
#include "tests/support/corpora.h"
#include "tests/support/regf_builder.h"
#include "tests/unit/artifact/memory_source.h"

namespace konseki {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HiveKey;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using testing::MemorySource;
using ::testing::Not;

std::vector<std::string> users_of(const HostFacts& host) {
  std::vector<std::string> users;
  for (const HostUser& user : host.users) users.push_back(user.id + " " + user.home);
  return users;
}

std::string software_hive() {
  HiveKey root;
  root.name = "ROOT";
  HiveKey& version = root.at("Microsoft/Windows NT/CurrentVersion");
  version.values = {testing::sz("ProductName", "Windows 10 Pro"),
                    testing::sz("CurrentVersion", "6.3"),
                    testing::sz("CurrentBuildNumber", "22631"),
                    testing::dword("CurrentMajorVersionNumber", 10),
                    testing::dword("CurrentMinorVersionNumber", 0),
                    testing::sz("SystemRoot", "D:\\Windows")};
  root.at("Microsoft/Cryptography").values = {
      testing::sz("MachineGuid", "0A1B2C3D-0000-1111-2222-333344445555")};
  HiveKey& list = root.at("Microsoft/Windows NT/CurrentVersion/ProfileList");
  list.values = {testing::expand_sz("ProfilesDirectory", "%SystemDrive%\\Users"),
                 testing::expand_sz("ProgramData", "%SystemDrive%\\ProgramData")};
  const auto profile = [&](const std::string& sid, const std::string& path) {
    root.at("Microsoft/Windows NT/CurrentVersion/ProfileList/" + sid).values = {
        testing::expand_sz("ProfileImagePath", path)};
  };
  profile("S-1-5-18", "%systemroot%\\system32\\config\\systemprofile");
  profile("S-1-5-21-1-2-3-1001", "D:\\Users\\alice");
  profile("S-1-5-21-1-2-3-1002.bak", "E:\\Profiles\\b[ob]");
  return testing::build_hive(root);
}

std::string system_hive() {
  HiveKey root;
  root.name = "ROOT";
  root.at("Select").values = {testing::dword("Current", 2)};
  root.at("ControlSet001");
  root.at("ControlSet002/Control/ComputerName/ComputerName").values = {
      testing::sz("ComputerName", "WKS01")};
  root.at("ControlSet002/Control/TimeZoneInformation").values = {
      testing::sz("TimeZoneKeyName", "Tokyo Standard Time")};
  root.at("ControlSet002/Services/Tcpip/Parameters").values = {
      testing::sz("Domain", "example.local")};
  return testing::build_hive(root);
}

TEST(LinuxKnowledge, ReadsTheUsualFiles) {
  MemorySource source;
  auto& root = source.add(PathStyle::kPosix, "");
  root.add_file("etc/passwd",
                "root:x:0:0::/root:/bin/bash\na:x:1000:1000::/home/a:/bin/sh\n+::::::\n");
  root.add_file("usr/lib/os-release", "# x\nPRETTY_NAME=\"Debian \\\"12\\\"\"\nVERSION_ID='12'\n");
  root.add_symlink("etc/os-release", "../usr/lib/os-release");
  root.add_file("etc/hostname", "# name\n  web01.example.com \n");
  root.add_file("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  root.add_symlink("etc/localtime", "/usr/share/zoneinfo/Asia/Tokyo");
  const auto knowledge = build_knowledge_base(source);
  const HostFacts& host = knowledge.host;
  EXPECT_EQ(host.os, OperatingSystem::kLinux);
  EXPECT_EQ(host.os_name, "Debian \"12\"");
  EXPECT_EQ(host.os_version, "12");
  EXPECT_EQ(host.hostname, "web01.example.com");
  EXPECT_EQ(host.domain, "example.com");
  EXPECT_EQ(host.host_id, "linux-0123456789abcdef0123456789abcdef");
  EXPECT_EQ(host.time_zone, "Asia/Tokyo");
  EXPECT_THAT(users_of(host), ElementsAre("0 /root", "1000 /home/a"));
  EXPECT_THAT(knowledge.gaps, IsEmpty());
}

TEST(LinuxKnowledge, NothingIsMadeUp) {
  MemorySource source;
  auto& root = source.add(PathStyle::kPosix, "");
  root.add_file("etc/machine-id", "uninitialized\n");
  root.add_file("etc/passwd", std::string(300, '\xff') + "\n:::\n\0\n");
  const auto knowledge = build_knowledge_base(source);
  EXPECT_EQ(knowledge.host.host_id, "");
  EXPECT_EQ(knowledge.host.hostname, "");
  EXPECT_EQ(knowledge.host.os, OperatingSystem::kLinux);
}

TEST(LinuxKnowledge, ShellAssignments) {
  EXPECT_EQ(shell_assignment("A=1\nA=2 # x\n", "A"), "2");
  EXPECT_EQ(shell_assignment("AB=1\n", "A"), "");
  EXPECT_EQ(shell_assignment("A='a b'\"c\"\\ d\n", "A"), "a bc d");
  EXPECT_EQ(shell_assignment("A=\"open", "A"), "open");
}

TEST(LinuxKnowledge, SystemHomesAreToldApart) {
  const auto homes = linux_homes({{"a", "", "/home/a", ""},
                                  {"b", "", "/home/x/b/", ""},
                                  {"c", "", "/", ""},
                                  {"d", "", "//usr//sbin", ""},
                                  {"e", "", "relative", ""},
                                  {"f", "", "/proc/1/root", ""},
                                  {"g", "", "/srv/g", ""}});
  EXPECT_THAT(homes.homes, ElementsAre("/root", "/home/*", "/home/x/b", "/srv/g"));
  EXPECT_THAT(homes.system_homes, ElementsAre("/", "/proc/1/root", "/usr/sbin"));
}

TEST(WindowsKnowledge, ReadsHivesAndFolders) {
  MemorySource source;
  auto& c = source.add(PathStyle::kWindows, "C:");
  c.add_file("Windows/System32/config/SOFTWARE", software_hive());
  c.add_file("Windows/System32/config/SYSTEM", system_hive());
  c.add_directory("Users/alice");
  c.add_directory("Users/former");
  c.add_directory("Users/Public");
  c.add_directory("Users/Default");
  const auto knowledge = build_knowledge_base(source);
  const HostFacts& host = knowledge.host;
  EXPECT_EQ(host.os, OperatingSystem::kWindows);
  EXPECT_EQ(host.os_name, "Windows 11 Pro");
  EXPECT_EQ(host.os_version, "10.0.22631");
  EXPECT_EQ(host.host_id, "windows-0a1b2c3d-0000-1111-2222-333344445555");
  EXPECT_EQ(host.hostname, "WKS01");
  EXPECT_EQ(host.domain, "example.local");
  EXPECT_EQ(host.time_zone, "Tokyo Standard Time");
  EXPECT_EQ(host.system_drive, "C:");
  EXPECT_EQ(host.system_root, "C:/Windows");
  EXPECT_EQ(knowledge.control_set, "ControlSet002");
  // The hive's own drive letter is that of the system volume.
  EXPECT_THAT(users_of(host),
              ElementsAre("S-1-5-18 C:/Windows/system32/config/systemprofile",
                          "S-1-5-21-1-2-3-1001 C:/Users/alice",
                          "S-1-5-21-1-2-3-1002 E:/Profiles/b[ob]", " C:/Users/former"));
  const auto& homes = knowledge.variables.at("users.userprofile");
  EXPECT_THAT(homes, Contains("C:/Users/*"));
  EXPECT_THAT(homes, Contains("E:/Profiles/b[[]ob]"));
  EXPECT_EQ(knowledge.variables.at("users.appdata")[0], "C:/Users/*/AppData/Roaming");
  EXPECT_THAT(knowledge.variables.at("environ_allusersappdata"), ElementsAre("C:/ProgramData"));
}

TEST(WindowsKnowledge, DamagedHivesAreGapsAndFoldersTell) {
  MemorySource source;
  auto& c = source.add(PathStyle::kWindows, "C:");
  c.add_file("WINNT/system32/config/software", "no hive at all");
  c.add_file("WINNT/system32/config/system", software_hive().substr(0, 5000));
  c.add_directory("Documents and Settings/hanako");
  c.add_directory("Documents and Settings/All Users");
  const auto knowledge = build_knowledge_base(source);
  EXPECT_EQ(knowledge.host.system_root, "C:/WINNT");
  EXPECT_THAT(users_of(knowledge.host), ElementsAre(" C:/Documents and Settings/hanako"));
  EXPECT_GE(knowledge.gaps.size(), 1u);
  EXPECT_EQ(knowledge.gaps[0].path, "C:/WINNT/System32/config/SOFTWARE");
  EXPECT_THAT(knowledge.variables.at("users.appdata"),
              Contains("C:/Documents and Settings/*/Application Data"));
  EXPECT_THAT(knowledge.variables.at("environ_allusersappdata"),
              Contains("C:/Documents and Settings/All Users/Application Data"));
}

TEST(WindowsKnowledge, EveryTruncationOfAHiveIsHarmless) {
  const std::string whole = software_hive();
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    MemorySource source;
    auto& c = source.add(PathStyle::kWindows, "C:");
    c.add_file("Windows/System32/config/SOFTWARE", whole.substr(0, size));
    c.add_directory("Users/a");
    EXPECT_THAT(users_of(build_knowledge_base(source).host), Contains(HasSubstr("C:/Users/a")));
  }
}

TEST(Knowledge, RecordedFactsFillWhatFilesDoNotSay) {
  MemorySource source;
  source.add(PathStyle::kPosix, "").add_file("etc/hostname", "now\n");
  HostFacts recorded;
  recorded.os = OperatingSystem::kLinux;
  recorded.hostname = "then";
  recorded.host_id = "linux-x";
  recorded.kernel = "6.1";
  source.recorded = recorded;
  const auto knowledge = build_knowledge_base(source);
  EXPECT_EQ(knowledge.host.hostname, "now");
  EXPECT_EQ(knowledge.host.host_id, "linux-x");
  EXPECT_EQ(knowledge.host.kernel, "6.1");
}

TEST(Knowledge, BothSystemsOnOneDisk) {
  MemorySource source;
  auto& c = source.add(PathStyle::kWindows, "C:");
  c.add_directory("Windows/System32");
  c.add_file("Users/a/NTUSER.DAT", "");
  auto& root = source.add(PathStyle::kPosix, "/$fs$/fs1");
  root.add_file("etc/passwd", "b:x:1:1::/home/b:/bin/sh\n");
  root.add_file("home/b/.bash_history", "");
  const auto knowledge = build_knowledge_base(source);
  EXPECT_EQ(knowledge.host.os, OperatingSystem::kWindows);
  const auto set = embedded_definitions();
  const std::vector<std::string> names{"KonsekiUserHives", "BashShellHistoryFile"};
  const auto plan = ArtifactResolver(set, knowledge).resolve(source.file_systems(), names);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->items.size(), 2u);
  EXPECT_EQ(plan->items[0].entry.path, "Users/a/NTUSER.DAT");
  EXPECT_EQ(plan->items[1].entry.path, "home/b/.bash_history");
}

// Files of the composed images that a first response must bring home, by their kind.
void expect_triage_takes(const std::string& image, const std::string& manifest,
                         const std::set<std::string>& kinds) {
  auto source = open_source(image, {});
  ASSERT_TRUE(source) << source.error().detail;
  const auto knowledge = build_knowledge_base(**source);
  const auto set = embedded_definitions();
  const auto profiles = embedded_profiles(set);
  const auto volumes = (*source)->file_systems();
  auto plan = ArtifactResolver(set, knowledge).resolve(volumes, profiles.find("triage")->artifacts);
  ASSERT_TRUE(plan);
  std::set<std::string> taken;
  for (const ResolvedItem& item : plan->items) {
    const bool windows = volumes[item.volume]->info().style == PathStyle::kWindows;
    if (item.content) taken.insert(windows ? fold_case(item.entry.path) : item.entry.path);
  }
  std::ifstream stream(manifest);
  const auto json = nlohmann::json::parse(stream);
  const bool windows = knowledge.host.os == OperatingSystem::kWindows;
  std::size_t checked = 0;
  for (const auto& file : json.at("files")) {
    if (!kinds.contains(file.at("artifact"))) continue;
    const std::string path = file.at("path");
    EXPECT_TRUE(taken.contains(windows ? fold_case(path) : path)) << path;
    ++checked;
  }
  EXPECT_GT(checked, kinds.size());
}

TEST(Corpora, TriageOfTheComposedWindowsHost) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const std::string image = corpora + "/disk-images/composed/win-host-a";
  expect_triage_takes(image + ".E01", image + ".manifest.json",
                      {"lnk", "prefetch", "evtx", "registry-hive", "jumplist", "webshell",
                       "browser-history", "bits-queue", "scheduled-task", "miner-config",
                       "powershell-history", "startup-folder", "hosts"});
}

TEST(Corpora, TriageOfTheComposedLinuxHost) {
  KONSEKI_REQUIRE_CORPORA(corpora);
  const std::string image = corpora + "/disk-images/composed/linux-host-a";
  expect_triage_takes(
      image + ".E01", image + ".manifest.json",
      {"webshell", "cron",       "systemd-unit", "access-log",   "auth-log",        "wtmp",
       "utmp",     "audit-log",  "dpkg-log",     "passwd",       "group",           "shadow",
       "hostname", "os-release", "ld-preload",   "miner-config", "authorized-keys", "shell-history",
       "shell-rc", "rc-local",   "profile-d"});
}

}  // namespace
}  // namespace konseki

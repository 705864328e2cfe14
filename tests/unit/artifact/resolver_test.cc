#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "konseki/artifact.h"
#include "tests/unit/artifact/memory_source.h"

namespace konseki {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MemoryFileSystem;
using testing::MemorySource;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// A definition "A" of FILE paths.
std::string file_definition(std::vector<std::string> paths, const std::string& os,
                            const std::string& type = "FILE", const std::string& name = "A") {
  std::string text = "---\nname: " + name + "\ndoc: d\nsources:\n- type: " + type +
                     "\n  attributes:\n    paths:\n";
  for (const std::string& path : paths) text += "    - '" + path + "'\n";
  if (os == "Windows") text += "    separator: '\\'\n";
  return text + "supported_os: [" + os + "]\n";
}

class Resolving : public ::testing::Test {
 protected:
  ResolvedPlan resolve(const std::string& yaml, std::vector<std::string> names = {"A"}) {
    const NamedText text{"test.yaml", yaml};
    const DefinitionSet set = load_definitions({&text, 1});
    for (const auto& problem : set.problems()) {
      ADD_FAILURE() << problem.describe(Language::kEnglish);
    }
    return resolve(set, std::move(names));
  }

  ResolvedPlan resolve(const DefinitionSet& set, std::vector<std::string> names) {
    const KnowledgeBase knowledge = build_knowledge_base(source_);
    ResolveOptions options = options_;
    options.on_gap = [&](const VolumeInfo& volume, std::string_view path, const Error&) {
      gaps_.push_back(volume.display_path(path));
    };
    auto plan = ArtifactResolver(set, knowledge).resolve(source_.file_systems(), names, options);
    EXPECT_TRUE(plan);
    return std::move(*plan);
  }

  // Display paths with stream; those only listed in brackets.
  std::vector<std::string> paths(const ResolvedPlan& plan) {
    std::vector<std::string> out;
    for (const ResolvedItem& item : plan.items) {
      std::string path = source_.file_systems()[item.volume]->info().display_path(item.entry.path);
      if (!item.stream.empty()) path += ":" + item.stream;
      out.push_back(item.content ? path : "[" + path + "]");
    }
    return out;
  }

  std::vector<std::string> found(std::vector<std::string> patterns, const std::string& os,
                                 const std::string& type = "FILE") {
    return paths(resolve(file_definition(std::move(patterns), os, type)));
  }

  MemorySource source_;
  ResolveOptions options_;
  std::vector<std::string> gaps_;
};

class LinuxResolving : public Resolving {
 protected:
  MemoryFileSystem& root_ = source_.add(PathStyle::kPosix, "");
};

class WindowsResolving : public Resolving {
 protected:
  MemoryFileSystem& c_ = source_.add(PathStyle::kWindows, "C:");
};

TEST_F(LinuxResolving, FindsLiteralsAndWildCards) {
  root_.add_file("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  root_.add_file("etc/cron.d/a", "");
  root_.add_file("etc/cron.d/.hidden", "");
  root_.add_directory("etc/cron.d/sub");
  root_.add_file("etc/Passwd", "");
  EXPECT_THAT(found({"/etc/passwd", "/etc/absent"}, "Linux"), ElementsAre("/etc/passwd"));
  EXPECT_THAT(found({"/etc/cron.d/*"}, "Linux"),
              ElementsAre("/etc/cron.d/.hidden", "/etc/cron.d/a"));
  EXPECT_THAT(found({"/etc/?asswd"}, "Linux"), ElementsAre("/etc/Passwd", "/etc/passwd"));
  EXPECT_THAT(found({"/etc/[a-z]asswd"}, "Linux"), ElementsAre("/etc/passwd"));
  EXPECT_THAT(found({"/etc/[!a-z]asswd"}, "Linux"), ElementsAre("/etc/Passwd"));
}

TEST_F(LinuxResolving, GlobstarTakesOneToNLevels) {
  for (const char* path :
       {"a/f", "a/1/f", "a/1/2/f", "a/1/2/3/f", "a/1/2/3/4/f", "a/1/2/3/4/5/6/7/8/9/f",
        "a/1/2/3/4/5/6/7/8/9/10/f", "a/1/2/3/4/5/6/7/8/9/10/11/f"}) {
    root_.add_file(path, "x");
  }
  EXPECT_THAT(found({"/a/**2"}, "Linux"), ElementsAre("/a/1/f", "/a/f"));
  EXPECT_THAT(found({"/a/**1/f"}, "Linux"), ElementsAre("/a/1/f"));
  EXPECT_THAT(found({"/a/**2/f"}, "Linux"), ElementsAre("/a/1/2/f", "/a/1/f"));
  EXPECT_THAT(found({"/a/**"}, "Linux"), Contains("/a/1/2/3/4/5/6/7/8/9/f"));
  EXPECT_THAT(found({"/a/**"}, "Linux"), Not(Contains("/a/1/2/3/4/5/6/7/8/9/10/f")));
  EXPECT_THAT(found({"/a/**/f"}, "Linux"), Contains("/a/1/2/3/4/5/6/7/8/9/10/f"));
  EXPECT_THAT(found({"/a/**/f"}, "Linux"), Not(Contains("/a/f")));
}

TEST_F(LinuxResolving, FollowsLinkedDirectoriesInsideTheEvidence) {
  root_.add_file("run/utmp", "u");
  root_.add_symlink("var/run", "/run");
  root_.add_file("usr/bin/sh", "s");
  root_.add_symlink("bin", "usr/bin");
  EXPECT_THAT(found({"/var/run/utmp"}, "Linux"), ElementsAre("/run/utmp"));
  EXPECT_THAT(found({"/bin/*"}, "Linux"), ElementsAre("/usr/bin/sh"));
}

TEST_F(LinuxResolving, ListsTheLinkAndTakesWhatItLeadsTo) {
  root_.add_file("usr/lib/os-release", "ID=x\n");
  root_.add_symlink("etc/os-release", "../usr/lib/os-release");
  root_.add_symlink("etc/dangling", "/nowhere");
  EXPECT_THAT(found({"/etc/os-release", "/etc/dangling"}, "Linux"),
              ElementsAre("[/etc/dangling]", "[/etc/os-release]", "/usr/lib/os-release"));
}

TEST_F(LinuxResolving, LinksNeverLeaveTheEvidenceAndLoopsEnd) {
  root_.add_file("srv/www/index.php", "");
  root_.add_symlink("srv/www/up", "../../../../..");
  root_.add_symlink("srv/www/self", "self");
  root_.add_symlink("srv/www/a", "b");
  root_.add_symlink("srv/www/b", "a");
  root_.add_file("etc/passwd", "");
  const auto all = found({"/srv/*/**", "/srv/www/*/**", "/srv/www/up/etc/passwd"}, "Linux");
  EXPECT_THAT(all, ElementsAre("[/srv/www/a]", "[/srv/www/b]", "/srv/www/index.php",
                               "[/srv/www/self]", "[/srv/www/up]"));
}

TEST_F(LinuxResolving, GlobstarsDoNotFollowLinks) {
  root_.add_file("data/site/x.php", "");
  root_.add_symlink("var/www/site", "/data/site");
  EXPECT_THAT(found({"/var/**"}, "Linux"), ElementsAre("[/var/www/site]"));
  EXPECT_THAT(found({"/var/www/*/**"}, "Linux"), ElementsAre("/data/site/x.php"));
}

TEST_F(LinuxResolving, ChainsOfLinksAndDotDot) {
  root_.add_file("opt/v2/etc/conf", "");
  root_.add_symlink("opt/current", "v2");
  root_.add_symlink("etc/app", "/opt/./v1/../current/etc");
  root_.add_directory("opt/v1");
  EXPECT_THAT(found({"/etc/app/conf"}, "Linux"), ElementsAre("/opt/v2/etc/conf"));
}

TEST_F(LinuxResolving, PatternsAndLinksCrossVolumes) {
  auto& var = source_.add(PathStyle::kPosix, "/var");
  var.add_file("log/syslog", "");
  var.add_symlink("run", "/run");
  root_.add_file("run/utmp", "");
  root_.add_symlink("log", "/var/log");
  EXPECT_THAT(found({"/var/log/*"}, "Linux"), ElementsAre("/var/log/syslog"));
  EXPECT_THAT(found({"/*/log/syslog"}, "Linux"), ElementsAre("/var/log/syslog"));
  EXPECT_THAT(found({"/**3"}, "Linux"), Contains("/var/log/syslog"));
  EXPECT_THAT(found({"/var/run/utmp"}, "Linux"), ElementsAre("/run/utmp"));
  EXPECT_THAT(found({"/log/syslog"}, "Linux"), ElementsAre("/var/log/syslog"));
}

TEST_F(LinuxResolving, HomesAreThoseOfPasswdAndThoseLeftBehind) {
  root_.add_file("etc/passwd",
                 "root:x:0:0::/root:/bin/sh\na:x:1000:1000::/home/a:/bin/sh\n"
                 "pg:x:105:105::/var/lib/postgresql:/bin/sh\nbin:x:2:2::/usr/sbin:/bin/sh\n"
                 "w:x:9:9::/srv/[w]*:/bin/sh\n");
  for (const char* home :
       {"root", "home/a", "home/deleted", "var/lib/postgresql", "usr/sbin", "srv/[w]*", "srv/ww"}) {
    root_.add_file(std::string(home) + "/.bash_history", "");
  }
  EXPECT_THAT(found({"%%users.homedir%%/.bash_history"}, "Linux"),
              UnorderedElementsAre("/root/.bash_history", "/home/a/.bash_history",
                                   "/home/deleted/.bash_history", "/srv/[w]*/.bash_history",
                                   "/usr/sbin/.bash_history", "/var/lib/postgresql/.bash_history"));
  // The home "/usr/sbin" is not searched in depth.
  EXPECT_THAT(found({"%%users.homedir%%/**3"}, "Linux"), Not(Contains("/usr/sbin/.bash_history")));
}

TEST_F(LinuxResolving, PathSourcesOnlyRecordThatSomethingExists) {
  root_.add_file("etc/ld.so.preload", "/lib/x.so\n");
  root_.add_directory("etc/cron.d");
  EXPECT_THAT(found({"/etc/ld.so.preload", "/etc/cron.d", "/nope"}, "Linux", "PATH"),
              ElementsAre("[/etc/cron.d]", "[/etc/ld.so.preload]"));
}

TEST_F(LinuxResolving, ContentWinsAndNamesAreJoined) {
  root_.add_file("etc/passwd", "");
  const auto plan = resolve(file_definition({"/etc/passwd"}, "Linux", "PATH", "B") +
                                file_definition({"/etc/*"}, "Linux", "FILE", "A"),
                            {"B", "A"});
  ASSERT_EQ(plan.items.size(), 1u);
  EXPECT_TRUE(plan.items[0].content);
  EXPECT_THAT(plan.items[0].artifacts, ElementsAre("A", "B"));
}

TEST_F(LinuxResolving, BytesThatAreNotUtf8Match) {
  root_.add_file("tmp/\xff\xfe", "");
  EXPECT_THAT(found({"/tmp/*"}, "Linux"), ElementsAre("/tmp/\xff\xfe"));
  EXPECT_THAT(found({"/tmp/??"}, "Linux"), ElementsAre("/tmp/\xff\xfe"));
}

TEST_F(LinuxResolving, DeletedEntriesOnlyOnRequest) {
  root_.add_file("var/log/gone.log", "").allocation = Allocation::kDeleted;
  root_.add_file("var/log/here.log", "");
  EXPECT_THAT(found({"/var/log/*"}, "Linux"), ElementsAre("/var/log/here.log"));
  options_.include_deleted = true;
  EXPECT_THAT(found({"/var/log/*", "/var/log/gone.log"}, "Linux"),
              ElementsAre("/var/log/gone.log", "/var/log/here.log"));
}

TEST_F(WindowsResolving, NamesCompareCaseBlindAndKeepTheirSpelling) {
  c_.add_file("WINDOWS/system32/config/Software", "");
  EXPECT_THAT(found({"%%environ_systemroot%%\\System32\\config\\SOFTWARE"}, "Windows"),
              ElementsAre("C:/WINDOWS/system32/config/Software"));
  EXPECT_THAT(found({"%%environ_systemroot%%\\SYSTEM32\\Config\\SOFT*"}, "Windows"),
              ElementsAre("C:/WINDOWS/system32/config/Software"));
}

TEST_F(WindowsResolving, DrivesAndDevicePrefixes) {
  c_.add_file("Windows/x", "");
  c_.add_file("EFI/boot.efi", "");
  source_.add(PathStyle::kWindows, "D:").add_file("efi/b.efi", "");
  EXPECT_THAT(found({"c:\\windows\\x"}, "Windows"), ElementsAre("C:/Windows/x"));
  EXPECT_THAT(found({"\\\\.\\C:\\Windows\\x"}, "Windows"), ElementsAre("C:/Windows/x"));
  EXPECT_THAT(found({"\\EFI\\*"}, "Windows"), ElementsAre("C:/EFI/boot.efi", "D:/efi/b.efi"));
  EXPECT_THAT(found({"D:\\EFI\\*"}, "Windows"), ElementsAre("D:/efi/b.efi"));
  EXPECT_THAT(found({"E:\\EFI\\*"}, "Windows"), IsEmpty());
}

TEST_F(WindowsResolving, StreamsAndNtfsMetadata) {
  c_.add_directory("Windows");
  c_.add_file("$MFT", "m");
  c_.add_file("$Extend/$UsnJrnl", "");
  c_.add_stream("$Extend/$UsnJrnl", "$J", "j");
  c_.add_stream("$Extend/$UsnJrnl", "$Max", "x");
  c_.add_file("$Secure", "");
  c_.add_stream("$Secure", "$SDS", "s");
  c_.add_file("Users/a/Downloads/evil.exe", "");
  c_.add_stream("Users/a/Downloads/evil.exe", "Zone.Identifier", "z");
  EXPECT_THAT(found({"\\$Extend\\$UsnJrnl:$J", "\\$Secure:$SDS", "\\$MFT"}, "Windows"),
              ElementsAre("C:/$Extend/$UsnJrnl:$J", "C:/$MFT", "C:/$Secure:$SDS"));
  EXPECT_THAT(
      found({"%%environ_systemdrive%%\\$Extend\\$UsnJrnl"}, "Windows"),
      ElementsAre("C:/$Extend/$UsnJrnl", "C:/$Extend/$UsnJrnl:$J", "C:/$Extend/$UsnJrnl:$Max"));
  EXPECT_THAT(found({"%%users.homedir%%\\Downloads\\*:zone.identifier"}, "Windows"),
              ElementsAre("C:/Users/a/Downloads/evil.exe:Zone.Identifier"));
}

TEST_F(WindowsResolving, JunctionsAreFollowedOnce) {
  c_.add_file("Users/a/NTUSER.DAT", "");
  Entry& junction = c_.add_directory("Documents and Settings");
  junction.reparse_tag = 0xA0000003;
  junction.link_target = "\\??\\C:\\Users";
  Entry& loop = c_.add_directory("Users/a/AppData/Local/Application Data");
  loop.reparse_tag = 0xA0000003;
  loop.link_target = "C:\\Users\\a\\AppData\\Local";
  c_.add_file("Users/a/AppData/Local/x.log", "");
  EXPECT_THAT(found({"\\Documents and Settings\\*\\NTUSER.DAT"}, "Windows"),
              ElementsAre("C:/Users/a/NTUSER.DAT"));
  EXPECT_THAT(found({"%%users.localappdata%%\\*\\x.log", "%%users.localappdata%%\\**4"}, "Windows"),
              ElementsAre("C:/Users/a/AppData/Local/x.log"));
}

TEST_F(WindowsResolving, UnletteredSystemVolume) {
  MemorySource other;
  auto& volume = other.add(PathStyle::kWindows, "$fs$/fs0");
  volume.add_file("Windows/System32/config/SAM", "");
  const std::string yaml =
      file_definition({"%%environ_systemroot%%\\System32\\config\\SAM"}, "Windows");
  const NamedText named{"t.yaml", yaml};
  const auto set = load_definitions({&named, 1});
  const auto knowledge = build_knowledge_base(other);
  EXPECT_EQ(knowledge.host.system_drive, "$fs$/fs0");
  const std::vector<std::string> names{"A"};
  auto plan = ArtifactResolver(set, knowledge).resolve(other.file_systems(), names);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->items.size(), 1u);
  EXPECT_EQ(plan->items[0].entry.path, "Windows/System32/config/SAM");
}

TEST_F(WindowsResolving, RegistryAsksForItsHives) {
  c_.add_file("Windows/System32/config/SOFTWARE", "not a hive");
  c_.add_file("Windows/System32/config/SOFTWARE.LOG1", "");
  c_.add_file("Users/a/NTUSER.DAT", "");
  c_.add_file("Users/a/ntuser.dat.LOG2", "");
  c_.add_file("Users/a/AppData/Local/Microsoft/Windows/UsrClass.dat", "");
  DefinitionSet set = embedded_definitions();
  const auto plan = resolve(set, {"WindowsRunKeys"});
  EXPECT_THAT(paths(plan), ElementsAre("C:/Users/a/AppData/Local/Microsoft/Windows/UsrClass.dat",
                                       "C:/Users/a/NTUSER.DAT", "C:/Users/a/ntuser.dat.LOG2",
                                       "C:/Windows/System32/config/SOFTWARE",
                                       "C:/Windows/System32/config/SOFTWARE.LOG1"));
  ASSERT_FALSE(plan.registry_patterns.empty());
  const bool user_key = std::any_of(
      plan.registry_patterns.begin(), plan.registry_patterns.end(), [](const auto& pattern) {
        return pattern.key.starts_with(
            "HKEY_USERS/*/Software/Microsoft/Windows/CurrentVersion/Run");
      });
  EXPECT_TRUE(user_key);
}

TEST_F(WindowsResolving, CommandsAndQueriesComeAsData) {
  c_.add_directory("Windows");
  const auto plan = resolve(
      "name: A\ndoc: d\nsources:\n- type: COMMAND\n  attributes: {cmd: 'C:\\x.exe', args: ['-a', "
      "'b c']}\n"
      "- type: WMI\n  attributes: {query: 'SELECT 1', base_object: 'winmgmts:\\root'}\n"
      "supported_os: [Windows]\n");
  ASSERT_EQ(plan.commands.size(), 1u);
  EXPECT_THAT(plan.commands[0].arguments, ElementsAre("C:\\x.exe", "-a", "b c"));
  ASSERT_EQ(plan.wmi_queries.size(), 1u);
  EXPECT_EQ(plan.wmi_queries[0].query, "SELECT 1");
  EXPECT_TRUE(plan.items.empty());
}

TEST_F(WindowsResolving, KapeTargetsResolve) {
  c_.add_file("Windows/Logs/a.log", "1");
  c_.add_file("Windows/Logs/deep/er/b.LOG", "22");
  c_.add_file("Windows/Logs/c.txt", "333");
  c_.add_file("Users/u/x[1].dat", "");
  const NamedText texts[] = {
      {"Logs.tkape",
       "Description: d\nTargets:\n- Name: l\n  Path: C:\\Windows\\Logs\\\n  FileMask: '*.log'\n"
       "  Recursive: true\n"},
      {"Expr.tkape",
       "Targets:\n- {Name: e, Path: 'C:\\Windows\\Logs', FileMask: 'regex:*^[ac]\\.(log|txt)$'}\n"},
      {"User.tkape", "Targets:\n- {Name: u, Path: 'C:\\Users\\%user%\\', FileMask: 'x[1].*'}\n"},
      {"All.tkape", "Targets:\n- {Name: a, Path: Logs.tkape}\n- {Name: b, Path: User.tkape}\n"},
      {"Big.tkape",
       "Targets:\n- {Name: b, Path: 'C:\\Windows\\Logs', Recursive: true, MinSize: 2, MaxSize: "
       "2}\n"},
  };
  const auto set = load_definitions(texts);
  for (const auto& problem : set.problems()) ADD_FAILURE() << problem.describe(Language::kEnglish);
  EXPECT_THAT(paths(resolve(set, {"Logs"})),
              ElementsAre("C:/Windows/Logs/a.log", "C:/Windows/Logs/deep/er/b.LOG"));
  EXPECT_THAT(paths(resolve(set, {"Expr"})),
              ElementsAre("C:/Windows/Logs/a.log", "C:/Windows/Logs/c.txt"));
  EXPECT_THAT(
      paths(resolve(set, {"All"})),
      ElementsAre("C:/Users/u/x[1].dat", "C:/Windows/Logs/a.log", "C:/Windows/Logs/deep/er/b.LOG"));
  EXPECT_THAT(paths(resolve(set, {"Big"})), ElementsAre("C:/Windows/Logs/deep/er/b.LOG"));
}

TEST_F(WindowsResolving, SaysWhatItCouldNotUse) {
  c_.add_directory("Windows");
  const auto plan = resolve(file_definition({"/etc/passwd"}, "Linux"), {"A", "Nope"});
  EXPECT_THAT(plan.unknown_names, ElementsAre("Nope"));
  EXPECT_THAT(plan.not_applicable, ElementsAre("A"));
}

}  // namespace
}  // namespace konseki

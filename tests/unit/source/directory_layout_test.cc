// Collections of other tools, laid out by recipe, opened as the volumes they came from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"
#include "agent/source/directory/directory_source.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::content_of;
using ::konseki::testing::TemporaryTree;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class DirectoryLayout : public ::testing::Test {
 protected:
  Source& open() {
    auto source = open_directory_source(files_.root(), {});
    EXPECT_TRUE(source) << source.error().describe(Language::kEnglish);
    source_ = *std::move(source);
    return *source_;
  }

  FileSystem& volume(const std::string& mount) {
    for (const auto& file_system : source_->file_systems()) {
      if (file_system->info().mount == mount) return *file_system;
    }
    ADD_FAILURE() << "no volume " << mount;
    return *source_->file_systems()[0];
  }

  std::vector<std::string> mounts() {
    std::vector<std::string> found;
    for (const auto& file_system : source_->file_systems()) {
      found.push_back(file_system->info().mount);
    }
    return found;
  }

  // Regular files of a volume as "path" and "path:stream".
  std::vector<std::string> files(const std::string& mount) {
    std::vector<std::string> found;
    FileSystem& file_system = volume(mount);
    EXPECT_TRUE(file_system.walk({}, [&](const Entry& entry) {
      if (entry.type == FileType::kRegular) found.push_back(entry.path);
      for (const StreamInfo& stream : entry.streams) {
        found.push_back(entry.path + ":" + stream.name);
      }
      return WalkAction::kContinue;
    }));
    return found;
  }

  TemporaryTree files_;
  std::unique_ptr<Source> source_;
};

TEST_F(DirectoryLayout, PlainLinuxRoot) {
  files_.add_file("etc/passwd", "root");
  files_.add_directory("var/log");
  EXPECT_EQ(open().info().format, "tree");
  EXPECT_THAT(mounts(), ElementsAre(""));
  EXPECT_EQ(content_of(volume(""), "etc/passwd"), "root");
  EXPECT_EQ(content_of(volume(""), "ETC/passwd"), "error: not_found");
}

TEST_F(DirectoryLayout, PlainWindowsRootIsCaseBlind) {
  files_.add_file("WINDOWS/system32/config/SYSTEM", "regf");
  files_.add_file("Users/山田/NTUSER.DAT", "hive");
  files_.add_file("odd/File", "1");
  files_.add_file("odd/file", "2");
  EXPECT_EQ(open().info().format, "tree");
  EXPECT_THAT(mounts(), ElementsAre("C:"));
  FileSystem& drive = volume("C:");
  EXPECT_EQ(drive.info().style, PathStyle::kWindows);
  EXPECT_EQ(content_of(drive, "Windows/System32/Config/system"), "regf");
  EXPECT_EQ(drive.stat("windows/SYSTEM32")->path, "WINDOWS/system32");
  EXPECT_EQ(content_of(drive, "users/山田/ntuser.dat"), "hive");
  EXPECT_EQ(content_of(drive, "odd/File"), "1");
  EXPECT_EQ(content_of(drive, "odd/file"), "2");
  EXPECT_EQ(content_of(drive, "odd/none"), "error: not_found");
  EXPECT_EQ(drive.info().display_path(drive.stat("odd/file")->path), "C:/odd/file");

  std::vector<std::string> listed;
  ASSERT_TRUE(drive.list("USERS", [&](const Entry& entry) {
    listed.push_back(entry.path);
    return WalkAction::kContinue;
  }));
  EXPECT_THAT(listed, ElementsAre("Users/山田"));
  WalkOptions below;
  below.start = "windows/SYSTEM32";
  EXPECT_EQ(konseki::testing::walk_all(drive, below).count("WINDOWS/system32/config/SYSTEM"), 1u);
}

TEST_F(DirectoryLayout, Uac) {
  files_.add_file("uac.log", "log");
  files_.add_file("[root]/etc/passwd", "root");
  files_.add_symlink("[root]/etc/rc1.d/K01x", "../init.d/x");
  files_.add_file("live_response/process/ps.txt", "ps");
  files_.add_file("bodyfile/bodyfile.txt", "0|/etc/passwd|");
  EXPECT_EQ(open().info().format, "uac");
  EXPECT_THAT(mounts(), ElementsAre("", "/$fs$/collection"));
  EXPECT_EQ(content_of(volume(""), "etc/passwd"), "root");
  EXPECT_EQ(volume("").stat("etc/rc1.d/K01x")->link_target, "../init.d/x");
  EXPECT_THAT(
      files("/$fs$/collection"),
      UnorderedElementsAre("uac.log", "live_response/process/ps.txt", "bodyfile/bodyfile.txt"));
}

TEST_F(DirectoryLayout, UacUnpackedIntoALoneFolder) {
  files_.add_file("uac-host-linux-20260101/uac.log", "log");
  files_.add_file("uac-host-linux-20260101/[root]/etc/passwd", "root");
  EXPECT_EQ(open().info().format, "uac");
  EXPECT_EQ(content_of(volume(""), "etc/passwd"), "root");
  EXPECT_THAT(files("/$fs$/collection"), ElementsAre("uac-host-linux-20260101/uac.log"));
}

TEST_F(DirectoryLayout, Kape) {
  files_.add_file("C/Windows/System32/config/SOFTWARE", "regf");
  files_.add_file("C/$MFT", "FILE0");
  files_.add_file("C/$Extend/$J", "usn");
  files_.add_file("C/$Extend/$Max", "max");
  files_.add_file("C/$Secure_$SDS", "sds");
  files_.add_file("D/data/x.txt", "x");
  files_.add_file("2026-01-01T00_00_00_ConsoleLog.txt", "log");
  EXPECT_EQ(open().info().format, "kape");
  EXPECT_THAT(mounts(), ElementsAre("C:", "D:", "$fs$/collection"));
  FileSystem& drive = volume("C:");
  EXPECT_EQ(content_of(drive, "$Extend/$UsnJrnl", "$J"), "usn");
  EXPECT_EQ(content_of(drive, "$Extend/$UsnJrnl", "$Max"), "max");
  EXPECT_EQ(content_of(drive, "$Extend/$UsnJrnl"), "");
  EXPECT_EQ(content_of(drive, "$Secure", "$SDS"), "sds");
  EXPECT_EQ(content_of(drive, "$mft"), "FILE0");
  EXPECT_THAT(files("C:"),
              UnorderedElementsAre("Windows/System32/config/SOFTWARE", "$MFT", "$Extend/$UsnJrnl",
                                   "$Extend/$UsnJrnl:$J", "$Extend/$UsnJrnl:$Max", "$Secure",
                                   "$Secure:$SDS"));
  EXPECT_EQ(content_of(volume("D:"), "DATA/x.txt"), "x");
  EXPECT_THAT(files("$fs$/collection"), ElementsAre("2026-01-01T00_00_00_ConsoleLog.txt"));
}

TEST_F(DirectoryLayout, KapeWithEscapedDriveAndNoJournal) {
  files_.add_file("HOST/C%3A/Users/a/NTUSER.DAT", "hive");
  files_.add_file("HOST/C%3A/Windows/Prefetch/A.EXE-1.pf", "MAM");
  EXPECT_EQ(open().info().format, "kape");
  EXPECT_EQ(content_of(volume("C:"), "windows/prefetch/a.exe-1.pf"), "MAM");
}

TEST_F(DirectoryLayout, Cylr) {
  files_.add_file("CyLR.log", "log");
  files_.add_file("C/Windows/System32/drivers/etc/hosts", "127.0.0.1");
  files_.add_file("C/$Extend/$UsnJrnl$J", "usn");
  EXPECT_EQ(open().info().format, "cylr");
  EXPECT_EQ(content_of(volume("C:"), "$Extend/$UsnJrnl", "$J"), "usn");
}

TEST_F(DirectoryLayout, VelociraptorWindows) {
  const std::string raw = "uploads/ntfs/%5C%5C.%5CC%3A/";
  const std::string api = "uploads/auto/C%3A/";
  files_.add_file("uploads.json", "{}");
  files_.add_file("results/Windows.KapeFiles.Targets%2FUploads.json", "{}");
  files_.add_file(raw + "$Extend/$UsnJrnl%3A$J", "AAAABBBB");
  files_.add_file(raw + "$Extend/$UsnJrnl%3A$J.idx",
                  R"({"ranges":[{"original_offset":0,"length":1000,"file_offset":0,"file_length":0},
                     {"original_offset":1000,"length":8,"file_offset":0,"file_length":8}]})");
  files_.add_file(raw + "Windows/System32/config/SYSTEM", "raw");
  files_.add_file(api + "windows/system32/config/system", "api");
  files_.add_file(api + "Windows/System32/winevt/Logs/A%254B.evtx", "evtx");
  files_.add_file(api + "Users/山田/%2Econfig/100%25.idx", "not a map");
  files_.add_file(api + "Users/山田/%2Econfig/100%25", "text");
  files_.add_file(
      "uploads/ntfs_vss/%5C%5C%3F%5CGLOBALROOT%5CDevice%5CHarddiskVolumeShadowCopy1/Users/x",
      "old");
  EXPECT_EQ(open().info().format, "velociraptor");
  EXPECT_THAT(mounts(), ElementsAre("C:", "$fs$/HarddiskVolumeShadowCopy1", "$fs$/collection"));
  FileSystem& drive = volume("C:");
  EXPECT_EQ(content_of(drive, "Windows/System32/config/SYSTEM"), "raw");
  EXPECT_EQ(content_of(drive, "windows/system32/winevt/logs/a%4b.evtx"), "evtx");
  EXPECT_EQ(content_of(drive, "Users/山田/.config/100%"), "text");
  EXPECT_EQ(content_of(drive, "Users/山田/.config/100%.idx"), "not a map");

  const auto journal = drive.stat("$Extend/$UsnJrnl");
  ASSERT_TRUE(journal);
  ASSERT_EQ(journal->streams.size(), 1u);
  EXPECT_EQ(journal->streams[0].size, 1008u);
  auto reader = drive.open(*journal, "$J");
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->size(), 1008u);
  EXPECT_EQ((*reader)->next_data(0), (ByteRange{1000, 8}));
  EXPECT_EQ(content_of(drive, "$Extend/$UsnJrnl", "$J"), std::string(1000, '\0') + "AAAABBBB");
  EXPECT_EQ(content_of(volume("$fs$/HarddiskVolumeShadowCopy1"), "users/X"), "old");
  EXPECT_THAT(
      files("$fs$/collection"),
      UnorderedElementsAre("uploads.json", "results/Windows.KapeFiles.Targets%2FUploads.json"));
}

TEST_F(DirectoryLayout, VelociraptorLinux) {
  files_.add_file("client_info.json", "{}");
  files_.add_file("uploads/auto/etc/passwd", "root");
  files_.add_file("uploads/auto/home/a/%2Essh/authorized_keys", "ssh-rsa");
  files_.add_file("uploads/file/var/log/auth.log", "sshd");
  EXPECT_EQ(open().info().format, "velociraptor");
  EXPECT_EQ(mounts()[0], "");
  EXPECT_EQ(content_of(volume(""), "home/a/.ssh/authorized_keys"), "ssh-rsa");
  EXPECT_EQ(content_of(volume(""), "var/log/auth.log"), "sshd");
  EXPECT_EQ(content_of(volume(""), "ETC/passwd"), "error: not_found");
}

TEST_F(DirectoryLayout, Cdir) {
  const std::string top = "PC01_20260101000000/";
  for (const auto& [name, content] : std::map<std::string, std::string>{
           {"NTFS/C_$MFT", "FILE0"},
           {"NTFS/C_$SECURE-$SDS", "sds"},
           {"NTFS/C_$UsnJrnl-$J", "usn"},
           {"NTFS/D_$MFT", "FILE1"},
           {"Evtx/Security.evtx", "ElfFile"},
           {"Prefetch/CMD.EXE-0BD30981.pf", "MAM"},
           {"Registry/SYSTEM", "regf"},
           {"Registry/SYSTEM.LOG1", "log1"},
           {"Registry/Amcache.hve", "amcache"},
           {"Registry/taro_y_NTUSER.dat", "hive"},
           {"Registry/taro_y_UsrClass.dat.LOG2", "log2"},
           {"WMI/OBJECTS.DATA", "wmi"},
           {"SRUM/SRUDB.dat", "ese"},
           {"Web/Chrome/taro_y_Profile 1_History", "sqlite"},
           {"Web/Firefox/taro_y_ab12.default-release_places.sqlite-wal", "wal"},
           {"Web/IE10_Edge/taro_y_WebCacheV01.dat", "ese2"},
           {"Evtx_old/System.evtx", "old"},
           {"Registry_old/hanako_NTUSER.dat", "oldhive"},
           {"collector-log.txt", "log"},
           {"RAM_PC01.raw", "ram"}}) {
    files_.add_file(top + name, content);
  }
  EXPECT_EQ(open().info().format, "cdir");
  EXPECT_THAT(mounts(), ElementsAre("C:", "D:", "$fs$/collection"));
  FileSystem& drive = volume("C:");
  EXPECT_EQ(drive.info().style, PathStyle::kWindows);
  EXPECT_THAT(
      files("C:"),
      UnorderedElementsAre(
          "$MFT", "$Secure", "$Secure:$SDS", "$Extend/$UsnJrnl", "$Extend/$UsnJrnl:$J",
          "Windows/System32/winevt/Logs/Security.evtx", "Windows/Prefetch/CMD.EXE-0BD30981.pf",
          "Windows/System32/config/SYSTEM", "Windows/System32/config/SYSTEM.LOG1",
          "Windows/AppCompat/Programs/Amcache.hve", "Users/taro_y/NTUSER.dat",
          "Users/taro_y/AppData/Local/Microsoft/Windows/UsrClass.dat.LOG2",
          "Windows/System32/wbem/Repository/OBJECTS.DATA", "Windows/System32/sru/SRUDB.dat",
          "Users/taro_y/AppData/Local/Google/Chrome/User Data/Profile 1/History",
          "Users/taro_y/AppData/Roaming/Mozilla/Firefox/Profiles/ab12.default-release/"
          "places.sqlite-wal",
          "Users/taro_y/AppData/Local/Microsoft/Windows/WebCache/WebCacheV01.dat",
          "Windows.old/Windows/System32/winevt/Logs/System.evtx",
          "Windows.old/Users/hanako/NTUSER.dat"));
  EXPECT_EQ(content_of(drive, "windows/system32/CONFIG/system"), "regf");
  EXPECT_EQ(content_of(drive, "$Extend/$UsnJrnl", "$J"), "usn");
  EXPECT_EQ(content_of(drive, "$Secure", "$sds"), "sds");
  EXPECT_EQ(content_of(drive, "$Secure"), "");
  EXPECT_EQ(content_of(drive, "Windows/none"), "error: not_found");
  EXPECT_EQ(content_of(volume("D:"), "$MFT"), "FILE1");
  EXPECT_THAT(files("$fs$/collection"),
              UnorderedElementsAre(top + "collector-log.txt", top + "RAM_PC01.raw"));
}

TEST_F(DirectoryLayout, AcquireWindows) {
  files_.add_file("fs/C:/Windows/System32/config/SYSTEM", "regf");
  files_.add_file("fs/C:/Users/a/x.txt:Zone.Identifier", "[ZoneTransfer]");
  files_.add_file("fs/C:/Users/a/x.txt", "x");
  files_.add_file("fs/C:/$Extend/$Usnjrnl:$J", "usn");
  files_.add_file("fs/C:/gone.exe:hidden", "mz");
  files_.add_file("fs/$fs$/fs0/EFI/Boot/bootx64.efi", "efi");
  files_.add_file("fs/$metadata$/log", "log");
  EXPECT_EQ(open().info().format, "acquire");
  EXPECT_THAT(mounts(), ElementsAre("C:", "$fs$/fs0", "$fs$/collection"));
  FileSystem& drive = volume("C:");
  EXPECT_EQ(content_of(drive, "users/A/X.TXT", "zone.identifier"), "[ZoneTransfer]");
  EXPECT_EQ(content_of(drive, "users/A/X.TXT"), "x");
  EXPECT_EQ(content_of(drive, "$Extend/$UsnJrnl", "$J"), "usn");
  // Its own content was not collected: that is not the same as empty.
  EXPECT_EQ(content_of(drive, "gone.exe"), "error: not_found");
  EXPECT_EQ(content_of(drive, "gone.exe", "hidden"), "mz");
  EXPECT_THAT(files("$fs$/collection"), ElementsAre("fs/$metadata$/log"));
}

TEST_F(DirectoryLayout, AcquireLinux) {
  files_.add_file("fs/$rootfs$/etc/passwd", "root");
  EXPECT_EQ(open().info().format, "acquire");
  EXPECT_THAT(mounts(), ElementsAre(""));
  EXPECT_EQ(content_of(volume(""), "etc/passwd"), "root");
}

TEST_F(DirectoryLayout, OwnExport) {
  files_.add_file("konseki/run.json", "{}");
  files_.add_file("[root]/etc/passwd", "root");
  files_.add_file("[root]/$fs$/fs1/data", "x");
  EXPECT_EQ(open().info().format, "konseki");
  EXPECT_THAT(mounts(), ElementsAre("", "/$fs$/fs1", "/$fs$/collection"));
  EXPECT_THAT(files(""), ElementsAre("etc/passwd"));
  EXPECT_THAT(files("/$fs$/fs1"), ElementsAre("data"));
  EXPECT_THAT(files("/$fs$/collection"), ElementsAre("konseki/run.json"));
}

TEST_F(DirectoryLayout, IsNotTakenInByLikeness) {
  files_.add_file("Prefetch/notes.txt", "one folder of that name is no collection");
  files_.add_file("C/main.c", "a project");
  files_.add_file("uploads/photo.jpg", "");
  files_.add_file("fs/ext4/inode.c", "");
  files_.add_symlink("[root]", "/");
  files_.add_file("uac.log", "");
  EXPECT_EQ(open().info().format, "tree");
  EXPECT_THAT(mounts(), ElementsAre(""));
  EXPECT_EQ(volume("").info().style, PathStyle::kPosix);
  EXPECT_EQ(content_of(volume(""), "C/main.c"), "a project");
  EXPECT_EQ(volume("").stat("[root]")->type, FileType::kSymlink);
}

TEST_F(DirectoryLayout, DoesNotMistakeALoneHomeForARoot) {
  files_.add_file("alice/etc/settings", "");
  files_.add_file("alice/bin/tool", "");
  open();
  EXPECT_THAT(mounts(), ElementsAre(""));
  EXPECT_TRUE(volume("").stat("alice/bin/tool"));
}

TEST_F(DirectoryLayout, LeavesTheOutputAlone) {
  files_.add_file("C/Windows/System32/x", "");
  files_.add_file("C/$Extend/$J", "");
  files_.add_file("out/bundle", "");
  auto source =
      open_directory_source(files_.root(), {.cross_all = false, .exclude = {files_.path("out")}});
  ASSERT_TRUE(source);
  source_ = *std::move(source);
  EXPECT_THAT(mounts(), ElementsAre("C:"));
}

}  // namespace
}  // namespace konseki

#include "agent/bundle/member_names.h"

#include <gtest/gtest.h>

#include <set>

#include "agent/bundle/tar_header.h"

namespace konseki {
namespace {

VolumeInfo windows(std::string mount = "C:") {
  VolumeInfo volume;
  volume.mount = std::move(mount);
  volume.style = PathStyle::kWindows;
  return volume;
}

VolumeInfo linux_volume(std::string mount = "") {
  VolumeInfo volume;
  volume.mount = std::move(mount);
  return volume;
}

std::string name_of(MemberNames& names, const VolumeInfo& volume, std::string path,
                    std::string_view stream = {}) {
  Entry entry;
  entry.path = std::move(path);
  entry.type = FileType::kRegular;
  MemberHeader header = names.header(volume, entry, stream);
  EXPECT_TRUE(check_member_header(header).has_value()) << header.name;
  return header.name;
}

TEST(MemberNames, VolumesHaveTheirPlaces) {
  EXPECT_EQ(member_prefix(windows("C:")), "fs/C:");
  EXPECT_EQ(member_prefix(windows("$fs$/fs0")), "fs/$fs$/fs0");
  EXPECT_EQ(member_prefix(windows("$vss$/1")), "fs/$vss$/1");
  EXPECT_EQ(member_prefix(linux_volume("")), "[root]");
  EXPECT_EQ(member_prefix(linux_volume("/")), "[root]");
  EXPECT_EQ(member_prefix(linux_volume("/var")), "[root]/var");
  EXPECT_EQ(member_prefix(linux_volume("/$fs$/fs0")), "[root]/$fs$/fs0");
  EXPECT_EQ(member_prefix(linux_volume("/mnt/../x")), "[root]/mnt/%2E%2E/x");
}

TEST(MemberNames, PlainNamesStay) {
  MemberNames names;
  EXPECT_EQ(name_of(names, windows(), "Windows/System32/config/SYSTEM"),
            "fs/C:/Windows/System32/config/SYSTEM");
  EXPECT_EQ(name_of(names, windows(), "$Extend/$UsnJrnl", "$J"), "fs/C:/$Extend/$UsnJrnl:$J");
  EXPECT_EQ(name_of(names, linux_volume(), "etc/passwd"), "[root]/etc/passwd");
  EXPECT_EQ(name_of(names, linux_volume(), "home/a/\xe8\xa6\x8b.txt"),
            "[root]/home/a/\xe8\xa6\x8b.txt");
}

TEST(MemberNames, BadBytesAreSpelledOut) {
  MemberNames names;
  EXPECT_EQ(name_of(names, linux_volume(), "a\xff"), "[root]/a%FF");
  EXPECT_EQ(name_of(names, windows(), "a\xed\xa0\x80z"), "fs/C:/a%uD800z");
  EXPECT_EQ(name_of(names, windows(), std::string("a\0b", 3)), "fs/C:/a%00b");
  // The spelled-out form is a name as well; the two must not fall together.
  EXPECT_EQ(name_of(names, linux_volume(), "a%FF"), "[root]/a%FF~2");
}

TEST(MemberNames, NothingLeavesItsFolder) {
  MemberNames names;
  EXPECT_EQ(name_of(names, linux_volume(), "../../etc/x"), "[root]/%2E%2E/%2E%2E/etc/x");
  EXPECT_EQ(name_of(names, linux_volume(), "/etc/x"), "[root]/%/etc/x");
  EXPECT_EQ(name_of(names, linux_volume(), "a/./b"), "[root]/a/%2E/b");
  EXPECT_EQ(name_of(names, windows(), "a\\..\\b"), "fs/C:/a%5C..%5Cb");
  EXPECT_EQ(name_of(names, linux_volume(), "a\\b"), "[root]/a\\b");
  EXPECT_EQ(name_of(names, windows(), "f", "x/../y"), "fs/C:/f:x%2F..%2Fy");
}

TEST(MemberNames, WindowsNamesAreUniqueWithoutCase) {
  MemberNames names;
  EXPECT_EQ(name_of(names, windows(), "Users/A.txt"), "fs/C:/Users/A.txt");
  EXPECT_EQ(name_of(names, windows(), "users/a.TXT"), "fs/C:/users/a.TXT~2");
  EXPECT_EQ(name_of(names, windows(), "USERS/a.txt"), "fs/C:/USERS/a.txt~3");
  EXPECT_EQ(name_of(names, windows(), "\xef\xbc\xa1"), "fs/C:/\xef\xbc\xa1");  // full-width A
  EXPECT_EQ(name_of(names, windows(), "\xef\xbd\x81"), "fs/C:/\xef\xbd\x81~2");
  EXPECT_EQ(name_of(names, windows("D:"), "users/a.txt"), "fs/D:/users/a.txt");
}

TEST(MemberNames, LinuxNamesKeepTheirCase) {
  MemberNames names;
  EXPECT_EQ(name_of(names, linux_volume(), "etc/A"), "[root]/etc/A");
  EXPECT_EQ(name_of(names, linux_volume(), "etc/a"), "[root]/etc/a");
  EXPECT_EQ(name_of(names, linux_volume(), "var/log/x"), "[root]/var/log/x");
  EXPECT_EQ(name_of(names, linux_volume("/var"), "log/x"), "[root]/var/log/x~2");
}

TEST(MemberNames, WindowsNamesAreUniqueWithoutFs) {
  MemberNames names;
  EXPECT_EQ(name_of(names, windows(), "kernel/crypto"), "fs/C:/kernel/crypto");
  EXPECT_EQ(name_of(names, windows(), "kernel/fs/crypto"), "fs/C:/kernel/fs/crypto~2");
  EXPECT_EQ(name_of(names, windows(), "pdfs/x"), "fs/C:/pdfs/x");
  EXPECT_EQ(name_of(names, windows(), "pdx"), "fs/C:/pdx~2");
}

TEST(MemberNames, AFileAndAFolderNeverShareAName) {
  MemberNames names;
  EXPECT_EQ(name_of(names, windows(), "data"), "fs/C:/data");
  EXPECT_EQ(name_of(names, windows(), "DATA/one"), "fs/C:/DATA~2/one");
  EXPECT_EQ(name_of(names, windows(), "DATA/two"), "fs/C:/DATA~2/two");
  EXPECT_EQ(name_of(names, windows(), "tree/leaf"), "fs/C:/tree/leaf");
  EXPECT_EQ(name_of(names, windows(), "Tree"), "fs/C:/Tree~2");
}

TEST(MemberNames, VolumeRootComesFirstAndOnce) {
  MemberNames names;
  const MemberHeader root = names.volume_root(windows());
  EXPECT_EQ(root.name, "fs/C:");
  EXPECT_EQ(root.type, MemberType::kDirectory);
  EXPECT_EQ(name_of(names, windows(), "Windows/x"), "fs/C:/Windows/x");
  Entry empty;
  empty.path = "Temp";
  empty.type = FileType::kDirectory;
  EXPECT_EQ(names.header(windows(), empty).name, "fs/C:/Temp");
  EXPECT_EQ(name_of(names, windows(), "Temp/late"), "fs/C:/Temp/late");
  EXPECT_EQ(name_of(names, windows(), "temp"), "fs/C:/temp~2");
}

TEST(MemberNames, HeaderCarriesTheEntrysFacts) {
  MemberNames names;
  Entry entry;
  entry.path = "bin/sh";
  entry.type = FileType::kSymlink;
  entry.mode = 0777;
  entry.uid = 5;
  entry.gid = 6;
  entry.times.modified = Timestamp{10, 20};
  entry.link_target = "da\xffsh";
  const MemberHeader header = names.header(linux_volume(), entry);
  EXPECT_EQ(header.type, MemberType::kSymlink);
  EXPECT_EQ(header.mode, 0777u);
  EXPECT_EQ(header.uid, 5u);
  EXPECT_EQ(header.gid, 6u);
  EXPECT_EQ(header.modified, (Timestamp{10, 20}));
  EXPECT_EQ(header.link_target, "da%FFsh");
}

// A hostile folder: every name falls together. The search must stay short.
TEST(MemberNames, ManyCollisionsEndSoon) {
  MemberNames names;
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    std::string path = "aaaaaaaaaaa";
    for (int bit = 0; bit < 11; ++bit) {
      if (i >> bit & 1) path[static_cast<std::size_t>(bit)] = 'A';
    }
    EXPECT_TRUE(seen.insert(name_of(names, windows(), path)).second);
  }
}

TEST(MemberNames, HardLinksOnlyForLargeUnparsedFiles) {
  EXPECT_FALSE(may_be_hard_link(65'535, false));
  EXPECT_TRUE(may_be_hard_link(65'536, false));
  EXPECT_FALSE(may_be_hard_link(65'536, true));
}

}  // namespace
}  // namespace konseki

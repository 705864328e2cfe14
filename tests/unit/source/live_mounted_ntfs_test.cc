#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>

#include "agent/source/live/linux/mounted_ntfs.h"
#include "agent/source/live/local_tree.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

using ::konseki::testing::content_of;
using ::konseki::testing::TemporaryTree;

TEST(CloudPlaceholder, IsAFileWhoseBytesAreMissing) {
  constexpr std::uint32_t kOneDrive = 0x9000601A;
  EXPECT_TRUE(is_cloud_placeholder(0x400220, kOneDrive, 1000, 0));
  EXPECT_TRUE(is_cloud_placeholder(0x40000, 0, 0, 0));
  EXPECT_TRUE(is_cloud_placeholder(0x1220, 0, 1 << 20, 4096));
  EXPECT_TRUE(is_cloud_placeholder(0x420, 0x9000001A, 1000, 0));
  // Fetched, or merely marked to keep us away.
  EXPECT_FALSE(is_cloud_placeholder(0x420, kOneDrive, 1000, 4096));
  EXPECT_FALSE(is_cloud_placeholder(0x1020, 0, 1000, 4096));
  EXPECT_FALSE(is_cloud_placeholder(0x1020, 0, 0, 0));
  // A plain sparse file, and a reparse point of another kind.
  EXPECT_FALSE(is_cloud_placeholder(0x220, 0, 1 << 20, 0));
  EXPECT_FALSE(is_cloud_placeholder(0x420, 0xA000000C, 1000, 0));
}

TEST(MountedNtfs, GivesAttributesTimesAndStreams) {
  TemporaryTree files;
  files.add_directory("m");
  const std::string image = files.path("n.img");
  const std::string mount = files.path("m");
  const std::string make = "truncate -s 16M '" + image + "' && mkfs.ntfs -q -F '" + image +
                           "' >/dev/null 2>&1 && ntfs-3g '" + image + "' '" + mount +
                           "' 2>/dev/null";
  if (::geteuid() != 0 || std::system(make.c_str()) != 0) {
    GTEST_SKIP() << "needs root, mkfs.ntfs, ntfs-3g and FUSE";
  }
  struct Unmount {
    const std::string& point;
    ~Unmount() { ::umount2(point.c_str(), MNT_DETACH); }
  } unmount{mount};
  files.add_file("m/Windows/System32/x");
  files.add_file("m/note.txt", "text");
  const unsigned char hidden[4] = {0, 0, 0, 0x22};
  ASSERT_EQ(::setxattr((mount + "/note.txt").c_str(), "system.ntfs_attrib_be", hidden, 4, 0), 0);
  ASSERT_EQ(::setxattr((mount + "/note.txt").c_str(), "user.Zone.Identifier", "zone", 4, 0), 0);

  auto tree = open_local_tree(mount);
  ASSERT_TRUE(tree);
  const auto entry = (*tree)->stat("note.txt");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->attributes, 0x22u);
  EXPECT_FALSE(entry->cloud_placeholder);
  ASSERT_TRUE(entry->times.created);
  EXPECT_EQ(entry->times.created->nanoseconds % 100, 0);
  EXPECT_LE(*entry->times.created, *entry->times.changed);
  ASSERT_EQ(entry->streams.size(), 1u);
  EXPECT_EQ(entry->streams[0].name, "Zone.Identifier");
  EXPECT_EQ(entry->streams[0].size, 4u);
  EXPECT_EQ(content_of(**tree, "note.txt", "Zone.Identifier"), "zone");
  EXPECT_EQ(content_of(**tree, "note.txt", "absent"), "error: not_found");
  const auto seen = testing::walk_all(**tree);
  EXPECT_EQ(seen.at("note.txt").streams.size(), 1u);
  EXPECT_EQ(seen.at("Windows").attributes & 0x10, 0x10u);

  // Elsewhere there are no such things, whatever user.* holds.
  files.add_file("plain", "x");
  ::setxattr(files.path("plain").c_str(), "user.x", "y", 1, 0);
  auto outside = open_local_tree(files.root());
  ASSERT_TRUE(outside);
  EXPECT_TRUE((*outside)->stat("plain")->streams.empty());
  EXPECT_EQ(content_of(**outside, "plain", "x"), "error: not_found");
}

}  // namespace
}  // namespace konseki

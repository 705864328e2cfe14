#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "agent/source/live/linux/device_names.h"
#include "agent/source/live/linux/mount_table.h"
#include "tests/unit/source/temporary_tree.h"

namespace konseki {
namespace {

TEST(MountTable, ReadsLinesWithOptionalFieldsAndEscapes) {
  const auto mounts = parse_mountinfo(
      "22 27 0:21 / /proc rw,relatime shared:1 master:2 - proc proc rw\n"
      "36 35 98:0 /mnt1 /media/USB\\040STICK\\134x ro,noatime - vfat /dev/sd\\040b1 rw,errors=x\n");
  ASSERT_EQ(mounts.size(), 2u);
  EXPECT_EQ(mounts[0].id, 22u);
  EXPECT_EQ(mounts[0].type, "proc");
  EXPECT_FALSE(mounts[0].read_only);
  EXPECT_EQ(mounts[1].device, makedev(98, 0));
  EXPECT_EQ(mounts[1].root, "/mnt1");
  EXPECT_EQ(mounts[1].point, "/media/USB STICK\\x");
  EXPECT_EQ(mounts[1].source, "/dev/sd b1");
  EXPECT_TRUE(mounts[1].read_only);
}

TEST(MountTable, LeavesOutWhatDoesNotFit) {
  EXPECT_TRUE(parse_mountinfo("").empty());
  for (const char* line : {"x", "1 2 3:4 / / rw", "1 2 3:4 / / rw - ", "a 2 3:4 / / rw - ext4 d o",
                           "1 2 34 / / rw - ext4 d o", "1 2 3:4 / relative rw - ext4 d o"}) {
    EXPECT_TRUE(parse_mountinfo(line).empty()) << line;
  }
  EXPECT_EQ(parse_mountinfo("broken\n1 2 3:4 / / rw - ext4 /dev/x rw").size(), 1u);
}

TEST(MountTable, FindsTheMountThatShows) {
  const auto mounts = parse_mountinfo(
      "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
      "2 1 8:2 / /home rw - ext4 /dev/sda2 rw\n"
      "3 2 8:3 / /home rw - xfs /dev/sda3 rw\n");
  EXPECT_EQ(mount_of(mounts, "/")->id, 1u);
  EXPECT_EQ(mount_of(mounts, "/homework")->id, 1u);
  EXPECT_EQ(mount_of(mounts, "/home")->id, 3u);  // the later one hides the earlier
  EXPECT_EQ(mount_of(mounts, "/home/a")->id, 3u);
  EXPECT_EQ(mount_of({}, "/"), nullptr);
}

TEST(MountTable, KnowsWhichTypesAreThisMachine) {
  for (const char* type : {"ext4", "xfs", "btrfs", "vfat", "fuseblk", "ntfs3", "tmpfs", "overlay",
                           "squashfs", "iso9660", "zfs", "fuse.ntfs-3g", "devtmpfs"}) {
    EXPECT_EQ(mount_kind(type), MountKind::kLocal) << type;
  }
  for (const char* type : {"nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs"}) {
    EXPECT_EQ(mount_kind(type), MountKind::kNetwork) << type;
  }
  for (const char* type : {"proc", "sysfs", "cgroup2", "debugfs", "tracefs", "rpc_pipefs"}) {
    EXPECT_EQ(mount_kind(type), MountKind::kPseudo) << type;
  }
  EXPECT_EQ(mount_kind("fuse.sshfs"), MountKind::kRemoteFuse);
  EXPECT_EQ(mount_kind("fuse"), MountKind::kRemoteFuse);
  EXPECT_EQ(mount_kind("autofs"), MountKind::kAutomount);
  EXPECT_EQ(mount_kind("invented"), MountKind::kUnknown);
}

TEST(MountTable, ReadsAContainerOnlyOnce) {
  const auto mounts = parse_mountinfo(
      "1 0 0:1 / /var/lib/docker/overlay2/0a/merged rw - overlay overlay rw\n"
      "2 0 0:2 / / rw - overlay overlay rw\n"
      "3 0 0:3 / /etc rw - overlay overlay rw\n");
  EXPECT_EQ(skip_reason(mounts[0]), "container_overlay");
  EXPECT_EQ(skip_reason(mounts[1]), "");
  EXPECT_EQ(skip_reason(mounts[2]), "");
}

TEST(DeviceNames, FollowsUdevsLinks) {
  konseki::testing::TemporaryTree files;
  files.add_directory("by-label");
  const std::string node = files.path("node");
  if (::mknod(node.c_str(), S_IFBLK | 0600, makedev(259, 7)) != 0) GTEST_SKIP() << "needs root";
  files.add_symlink("by-label/USB\\x20STICK\\x2f", "../node");
  files.add_symlink("by-label/dangling", "../none");
  EXPECT_EQ(block_device_at(node), makedev(259, 7));
  EXPECT_EQ(block_device_at("/etc"), 0u);
  EXPECT_EQ(device_name(files.path("by-label"), makedev(259, 7)), "USB STICK/");
  EXPECT_EQ(device_name(files.path("by-label"), makedev(259, 8)), "");
  EXPECT_EQ(device_name(files.path("absent"), makedev(259, 7)), "");
}

TEST(MountTable, ReadsThisMachine) {
  const auto mounts = read_mounts();
  ASSERT_TRUE(mounts);
  EXPECT_NE(mount_of(*mounts, "/"), nullptr);
}

}  // namespace
}  // namespace konseki

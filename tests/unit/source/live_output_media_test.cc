#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include "agent/source/live/linux/output_media.h"

namespace konseki {
namespace {

// A laptop: system disk sda, a USB stick sdb under /media, a second internal disk sdc at /data, a
// USB disk sdd at an unusual place, a share, and the system disk bound into /mnt.
MachineMedia laptop() {
  MachineMedia media;
  media.mounts = parse_mountinfo(
      "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
      "2 1 8:2 / /home rw - ext4 /dev/sda2 rw\n"
      "3 1 0:30 / /tmp rw - tmpfs tmpfs rw\n"
      "4 1 8:17 / /media/user/KIT rw - vfat /dev/sdb1 rw\n"
      "5 1 8:33 / /data rw - xfs /dev/sdc1 rw\n"
      "6 1 8:49 / /backup rw - ext4 /dev/sdd1 rw\n"
      "7 1 0:40 / /mnt/share rw - cifs //server/x rw\n"
      "8 1 8:1 /srv /mnt/bound rw - ext4 /dev/sda1 rw\n"
      "9 1 8:65 / /mnt/evidence ro - ntfs3 /dev/sde1 ro\n");
  media.executable = "/media/user/KIT/konseki";
  media.removable = [](std::uint64_t device) { return device == makedev(8, 49); };
  media.part_of = [](std::uint64_t part, std::uint64_t whole) {
    return part == whole || (whole == makedev(8, 48) && part == makedev(8, 49));
  };
  return media;
}

TEST(OutputMedia, RefusesWhatIsExaminedOnALiveHost) {
  const MachineMedia media = laptop();
  for (const char* path : {"/out", "/home/user/out", "/tmp/out", "/data/out", "/mnt/out",
                           "/mnt/bound/out", "/media/out"}) {
    const OutputPlacement placement = place_for_live(media, path);
    EXPECT_FALSE(placement.allowed) << path;
    EXPECT_FALSE(placement.reason.en.empty()) << path;
    EXPECT_FALSE(placement.reason.ja.empty()) << path;
  }
  for (const char* path : {"/media/user/KIT/out", "/backup/out", "/mnt/share/out"}) {
    EXPECT_TRUE(place_for_live(media, path).allowed) << path;
  }
  EXPECT_EQ(place_for_live(media, "/home/x").device, "/dev/sda2");
}

TEST(OutputMedia, TrustsTheMediumItRunsFromUnlessItIsTheSystem) {
  MachineMedia media = laptop();
  EXPECT_FALSE(place_for_live(media, "/data/out").allowed);
  media.executable = "/data/kit/konseki";
  EXPECT_TRUE(place_for_live(media, "/data/out").allowed);
  media.executable = "/home/user/konseki";
  EXPECT_FALSE(place_for_live(media, "/home/user/out").allowed);
  media.executable = "/konseki";
  EXPECT_FALSE(place_for_live(media, "/out").allowed);
}

TEST(OutputMedia, KeepsOutOfAnExaminedDirectory) {
  const MachineMedia media = laptop();
  EXPECT_FALSE(place_for_directory(media, "/home/a/case/out", "/home/a/case").allowed);
  EXPECT_FALSE(place_for_directory(media, "/home/a/case", "/home/a/case").allowed);
  EXPECT_TRUE(place_for_directory(media, "/home/a/case-out", "/home/a/case").allowed);
  EXPECT_FALSE(place_for_directory(media, "/mnt/evidence/out", "/mnt/evidence").allowed);
  EXPECT_TRUE(place_for_directory(media, "/home/a/out", "/mnt/evidence").allowed);
  EXPECT_FALSE(place_for_directory(media, "/home/a/out", "/home").allowed);
  EXPECT_FALSE(place_for_directory(media, "/home/a/out", "/").allowed);
}

TEST(OutputMedia, KeepsOffAnExaminedDevice) {
  const MachineMedia media = laptop();
  EXPECT_FALSE(place_for_device(media, "/backup/out", makedev(8, 48)).allowed);
  EXPECT_FALSE(place_for_device(media, "/backup/out", makedev(8, 49)).allowed);
  EXPECT_TRUE(place_for_device(media, "/home/out", makedev(8, 48)).allowed);
}

TEST(OutputMedia, JudgesThisMachine) {
  const auto placement = check_output_placement("/konseki-output-that-is-not-there/x", "");
  ASSERT_TRUE(placement);
  EXPECT_FALSE(placement->allowed);
  EXPECT_EQ(placement->mount_point, "/");
}

}  // namespace
}  // namespace konseki

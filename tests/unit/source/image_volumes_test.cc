// Disks with several volumes: tables, mounts, volumes that cannot be read, FAT and ISO content.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/images/image_files.h"
#include "tests/images/listing.h"

namespace konseki::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::unique_ptr<Source> open_source_of(const std::string& path) {
  auto source = open_image_source(path, file_opener());
  EXPECT_TRUE(source) << source.error().describe(Language::kEnglish);
  return source ? *std::move(source) : nullptr;
}

std::map<std::string, FileSystem*> by_mount(Source& source) {
  std::map<std::string, FileSystem*> volumes;
  for (const auto& file_system : source.file_systems()) {
    EXPECT_TRUE(volumes.emplace(file_system->info().mount, file_system.get()).second);
  }
  return volumes;
}

std::map<std::string, const UnreadableVolume*> by_type(const Source& source) {
  std::map<std::string, const UnreadableVolume*> volumes;
  for (const UnreadableVolume& volume : source.unreadable()) volumes[volume.type] = &volume;
  return volumes;
}

struct MbrEntry {
  std::uint8_t type;
  std::uint32_t start;  // of the table's sector; of the first extended one for types 5
  std::uint32_t size;
};

void set_mbr_entry(std::string& disk, std::size_t sector, int index, const MbrEntry& entry) {
  char* at = disk.data() + sector * 512 + 446 + index * 16;
  at[4] = static_cast<char>(entry.type);
  for (int i = 0; i < 4; ++i) {
    at[8 + i] = static_cast<char>(entry.start >> (8 * i));
    at[12 + i] = static_cast<char>(entry.size >> (8 * i));
  }
  disk[sector * 512 + 510] = '\x55';
  disk[sector * 512 + 511] = '\xaa';
}

// Partitions of 1 MiB units put into disk.raw at their place: `place FILE START_MIB`.
constexpr const char* kPlace =
    "place() { dd if=\"$1\" of=disk.raw bs=1M seek=\"$2\" conv=notrunc status=none; }\n";

TEST(ImageVolumes, LinuxDiskWithMountsFromFstabAndUnreadableVolumes) {
  for (const char* tool : {"sgdisk", "mke2fs", "mkfs.vfat", "mkswap", "mkfs.btrfs"}) {
    if (!have_tool(tool)) GTEST_SKIP() << tool << " absent";
  }
  const TemporaryDirectory temporary;
  const std::string uuid = "11111111-2222-3333-4444-555555555555";
  write_file(temporary.path() / "root/etc/fstab",
             "# comment\nUUID=" + uuid +
                 " /home ext4 defaults 0 2\n"
                 "LABEL=\"my\\040data\" /srv/data\\040here ext4 ro 0 0\n"
                 "PARTUUID=AAAAAAAA-0000-0000-0000-000000000001 /boot/efi vfat defaults 0 0\n"
                 "/dev/sda9 / ext4 x 0 0\nnone /tmp tmpfs x 0 0\n");
  write_file(temporary.path() / "root/usr/bin/x", "x");
  write_file(temporary.path() / "home/user/file", "home");
  write_file(temporary.path() / "data/file", "data");
  write_file(temporary.file("noise"), noise(4 << 20, 99));
  ASSERT_TRUE(run_recipe(
      temporary.path(),
      std::string(kPlace) +
          "truncate -s 400M disk.raw\n"
          "sgdisk -n 1:1M:+8M -u 1:AAAAAAAA-0000-0000-0000-000000000001 -n 2:20M:+8M "
          "-n 3:40M:+8M -n 4:60M:+8M -n 5:80M:+4M -n 6:90M:+120M -n 7:220M:+4M -n 8:230M:+16M "
          "-t 8:0c01 -n 9:250M:+4M disk.raw\n"
          "truncate -s 8M esp && mkfs.vfat -n ESP esp && printf boot | mcopy -i esp - ::grub.cfg\n"
          "truncate -s 8M h && mke2fs -q -t ext4 -U " +
          uuid +
          " -d home h\n"
          "truncate -s 8M r && mke2fs -q -t ext4 -L rootfs -d root r\n"
          "truncate -s 8M d && mke2fs -q -t ext4 -L 'my data' -d data d\n"
          "truncate -s 4M s && mkswap s\n"
          "truncate -s 120M b && mkfs.btrfs -q b\n"
          "printf 'LUKS\\272\\276\\000\\002' > l\n"
          "place esp 1; place h 20; place r 40; place d 60; place s 80; place b 90; place l 220\n"
          "place noise 250\n"));
  const std::string before = file_digest(temporary.file("disk.raw"));
  auto source = open_source_of(temporary.file("disk.raw"));
  ASSERT_TRUE(source);
  ASSERT_EQ(source->file_systems().size(), 4u);
  EXPECT_EQ(source->file_systems()[0]->info().mount, "");  // the system volume comes first
  EXPECT_EQ(source->file_systems()[0]->info().label, "rootfs");
  auto volumes = by_mount(*source);
  ASSERT_TRUE(volumes.contains("/home"));
  EXPECT_TRUE(walk_all(*volumes["/home"]).contains("user/file"));
  EXPECT_EQ(volumes["/home"]->info().offset, 20u << 20);
  ASSERT_TRUE(volumes.contains("/srv/data here"));
  ASSERT_TRUE(volumes.contains("/boot/efi"));
  EXPECT_TRUE(volumes["/boot/efi"]->stat("GRUB.CFG"));

  auto unreadable = by_type(*source);
  ASSERT_EQ(source->unreadable().size(), 4u);
  for (const char* type : {"swap", "btrfs", "luks", "unknown"}) {
    SCOPED_TRACE(type);
    ASSERT_TRUE(unreadable.contains(type));
    EXPECT_THAT(unreadable[type]->name, StartsWith("partition "));
    EXPECT_FALSE(unreadable[type]->advice.en.empty());
    EXPECT_FALSE(unreadable[type]->advice.ja.empty());
  }
  EXPECT_EQ(unreadable["btrfs"]->offset, 90u << 20);
  EXPECT_EQ(unreadable["btrfs"]->size, 120u << 20);
  EXPECT_THAT(unreadable["unknown"]->detail, HasSubstr("random"));
  EXPECT_THAT(unreadable["luks"]->advice.en, HasSubstr("cryptsetup"));
  EXPECT_EQ(file_digest(temporary.file("disk.raw")), before);
}

TEST(ImageVolumes, XfsIsNamed) {
  if (!have_tool("mkfs.xfs")) GTEST_SKIP() << "mkfs.xfs absent";
  const TemporaryDirectory temporary;
  ASSERT_TRUE(run_recipe(temporary.path(), "truncate -s 320M x && mkfs.xfs -q x\n"));
  auto source = open_source_of(temporary.file("x"));
  ASSERT_TRUE(source);
  ASSERT_EQ(source->unreadable().size(), 1u);
  EXPECT_EQ(source->unreadable()[0].type, "xfs");
  EXPECT_EQ(source->unreadable()[0].size, 320u << 20);
  EXPECT_THAT(source->unreadable()[0].advice.ja, HasSubstr("読み取り専用"));
}

TEST(ImageVolumes, LogicalPartitionsOfAnMbr) {
  for (const char* tool : {"mkfs.vfat", "mke2fs"}) {
    if (!have_tool(tool)) GTEST_SKIP() << tool << " absent";
  }
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "tree/file", "logical");
  ASSERT_TRUE(run_recipe(
      temporary.path(),
      std::string(kPlace) +
          "truncate -s 64M disk.raw\n"
          "truncate -s 8M f && mkfs.vfat f && truncate -s 8M e && mke2fs -q -t ext4 -d tree e\n"
          "truncate -s 8M g && mke2fs -q -t ext2 -d tree g\nplace f 1; place e 11; place g 21\n"));
  // A primary FAT partition, and two logical ones in a chain of extended tables.
  std::string disk = read_file(temporary.file("disk.raw"));
  set_mbr_entry(disk, 0, 0, {0x0c, 2048, 16384});
  set_mbr_entry(disk, 0, 1, {0x05, 20480, 100000});
  set_mbr_entry(disk, 20480, 0, {0x83, 2048, 16384});
  set_mbr_entry(disk, 20480, 1, {0x05, 20480, 20480});
  set_mbr_entry(disk, 40960, 0, {0x83, 2048, 16384});
  write_file(temporary.file("disk.raw"), disk);
  auto source = open_source_of(temporary.file("disk.raw"));
  ASSERT_TRUE(source);
  EXPECT_TRUE(source->unreadable().empty());
  ASSERT_EQ(source->file_systems().size(), 3u);
  auto volumes = by_mount(*source);
  ASSERT_TRUE(volumes.contains("$fs$/fs0"));
  EXPECT_EQ(volumes["$fs$/fs0"]->info().style, PathStyle::kWindows);
  ASSERT_TRUE(volumes.contains("/$fs$/fs1"));
  ASSERT_TRUE(volumes.contains("/$fs$/fs2"));
  EXPECT_EQ(volumes["/$fs$/fs2"]->info().offset, 21u << 20);
  EXPECT_TRUE(volumes["/$fs$/fs2"]->stat("file"));
}

TEST(ImageVolumes, FatKeepsNamesTimesAttributesAndDeletedFiles) {
  if (!have_tool("mkfs.vfat") || !have_tool("mcopy")) GTEST_SKIP() << "mtools absent";
  for (const char* kind : {"-F 12 -C fat 2048", "-F 16 -C fat 16384", "-F 32 -C fat 66000"}) {
    SCOPED_TRACE(kind);
    const TemporaryDirectory temporary;
    write_file(temporary.file("small"), "hello");
    write_file(temporary.file("big"), noise(300'000, 1));
    ASSERT_TRUE(run_recipe(temporary.path(),
                           "mkfs.vfat -n LABEL -i 1234abcd " + std::string(kind) +
                               "\n"
                               "touch -d '2024-05-06 07:08:10' small\n"
                               "mmd -i fat '::A Directory'\nmcopy -m -i fat small '::A "
                               "Directory/日本語の長い名前.txt'\n"
                               "mcopy -i fat big ::BIG.BIN\nmcopy -i fat big ::deleted.bin\nmcopy "
                               "-i fat small ::hidden\n"
                               "mattrib -i fat +h +s ::hidden\nmdel -i fat ::deleted.bin\n"));
    auto source = open_source_of(temporary.file("fat"));
    ASSERT_TRUE(source);
    FileSystem& file_system = *source->file_systems()[0];
    EXPECT_EQ(file_system.info().label, "LABEL");
    EXPECT_EQ(file_system.info().serial, "1234-ABCD");
    const auto walked = walk_all(file_system);
    EXPECT_EQ(walked.size(), 4u);
    ASSERT_TRUE(walked.contains("A Directory/日本語の長い名前.txt"));
    const Entry& entry = walked.at("A Directory/日本語の長い名前.txt");
    EXPECT_EQ(entry.size, 5u);
    ASSERT_TRUE(entry.times.modified);
    EXPECT_EQ(entry.times.modified->iso8601(), "2024-05-06T07:08:10.000000000Z");
    EXPECT_EQ(content_digest(file_system, walked.at("BIG.BIN")),
              file_digest(temporary.file("big")));
    EXPECT_EQ(walked.at("hidden").attributes & 6u, 6u);
    EXPECT_TRUE(file_system.stat("a directory/日本語の長い名前.TXT"));
    const auto all = walk_all(file_system, true);
    const auto deleted = std::find_if(all.begin(), all.end(), [](const auto& item) {
      return item.second.allocation == Allocation::kDeleted;
    });
    ASSERT_NE(deleted, all.end());
    EXPECT_THAT(deleted->first, HasSubstr("eleted.bin"));
    EXPECT_EQ(content_digest(file_system, deleted->second), file_digest(temporary.file("big")));
  }
}

TEST(ImageVolumes, ExfatShowsNoMadeUpFiles) {
  if (!have_tool("mkfs.exfat")) GTEST_SKIP() << "mkfs.exfat absent";
  const TemporaryDirectory temporary;
  ASSERT_TRUE(run_recipe(temporary.path(), "truncate -s 16M exfat && mkfs.exfat exfat\n"));
  auto source = open_source_of(temporary.file("exfat"));
  ASSERT_TRUE(source);
  ASSERT_EQ(source->file_systems().size(), 1u);
  EXPECT_EQ(source->file_systems()[0]->info().type, "exfat");
  EXPECT_TRUE(walk_all(*source->file_systems()[0], true).empty());
}

TEST(ImageVolumes, Iso9660WithLongNames) {
  if (!have_tool("genisoimage")) GTEST_SKIP() << "genisoimage absent";
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "tree/directory/a long file name.txt", "content");
  ASSERT_TRUE(run_recipe(temporary.path(), "genisoimage -quiet -J -R -V VOLUME -o iso tree\n"));
  auto source = open_source_of(temporary.file("iso"));
  ASSERT_TRUE(source);
  FileSystem& file_system = *source->file_systems()[0];
  EXPECT_EQ(file_system.info().type, "iso9660");
  EXPECT_EQ(file_system.info().label, "VOLUME");
  auto entry = file_system.stat("directory/a long file name.txt");
  ASSERT_TRUE(entry) << entry.error().describe(Language::kEnglish);
  EXPECT_EQ(content_digest(file_system, *entry), digest_of("content"));
}

TEST(ImageVolumes, ATruncatedDiskGivesWhatIsThere) {
  for (const char* tool : {"sgdisk", "mke2fs"}) {
    if (!have_tool(tool)) GTEST_SKIP() << tool << " absent";
  }
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "tree/file", "whole");
  ASSERT_TRUE(run_recipe(
      temporary.path(),
      std::string(kPlace) +
          "truncate -s 64M disk.raw\nsgdisk -n 1:1M:+8M -n 2:20M:+30M disk.raw\n"
          "truncate -s 8M e && mke2fs -q -t ext4 -d tree e\ntruncate -s 30M g\n"
          "mke2fs -q -t ext4 -d tree g\nplace e 1; place g 20\ntruncate -s 21M disk.raw\n"));
  auto source = open_source_of(temporary.file("disk.raw"));
  ASSERT_TRUE(source);
  ASSERT_GE(source->file_systems().size(), 1u);
  FileSystem& file_system = *source->file_systems()[0];
  auto entry = file_system.stat("file");
  ASSERT_TRUE(entry);
  EXPECT_EQ(content_digest(file_system, *entry), digest_of("whole"));
  // The second volume is either named as unreadable or opened with errors where bytes are absent.
  EXPECT_EQ(source->file_systems().size() + source->unreadable().size(), 2u);
}

}  // namespace
}  // namespace konseki::testing

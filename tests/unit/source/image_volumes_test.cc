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

// The checksum of LVM2: CRC-32 with its own start and no final turn.
std::uint32_t lvm_checksum(std::string_view bytes) {
  std::uint32_t crc = 0xf597a6cf;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
  }
  return crc;
}

void put(std::string& bytes, std::size_t at, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i)
    bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * i));
}

// The first MiB of a physical volume with one group in its metadata, as LVM2's text format.
std::string lvm_physical_volume(const std::string& id, std::uint64_t size,
                                const std::string& text) {
  std::string pv(1 << 20, '\0');
  std::string plain_id;
  for (const char c : id) {
    if (c != '-') plain_id += c;
  }
  pv.replace(512 + 32, 32, plain_id);
  put(pv, 512 + 64, size, 8);
  put(pv, 512 + 72, 1 << 20, 8);  // data area, to the end
  put(pv, 512 + 104, 4096, 8);    // metadata area
  put(pv, 512 + 112, (1 << 20) - 4096, 8);
  pv.replace(512, 8, "LABELONE");
  put(pv, 520, 1, 8);
  put(pv, 512 + 20, 32, 4);
  pv.replace(512 + 24, 8, "LVM2 001");
  put(pv, 512 + 16, lvm_checksum(std::string_view(pv).substr(512 + 20, 512 - 20)), 4);
  pv.replace(4096 + 512, text.size() + 1, text + '\0');
  pv.replace(4096 + 4, 16, " LVM2 x[5A%r0N*>");
  put(pv, 4096 + 20, 1, 4);
  put(pv, 4096 + 24, 4096, 8);
  put(pv, 4096 + 32, (1 << 20) - 4096, 8);
  put(pv, 4096 + 40, 512, 8);
  put(pv, 4096 + 48, text.size() + 1, 8);
  put(pv, 4096 + 56, lvm_checksum(text + '\0'), 4);
  put(pv, 4096, lvm_checksum(std::string_view(pv).substr(4100, 508)), 4);
  return pv;
}

TEST(ImageVolumes, LogicalVolumesInSegmentsOfTwoPhysicalVolumes) {
  if (!have_tool("mke2fs")) GTEST_SKIP() << "mke2fs absent";
  const TemporaryDirectory temporary;
  write_file(temporary.path() / "root/etc/fstab", "/dev/vg-0/var-log /var/log ext4 defaults 0 0\n");
  write_file(temporary.path() / "root/usr/x", "x");
  write_file(temporary.path() / "log/messages", noise(900'000, 1));
  ASSERT_TRUE(run_recipe(temporary.path(),
                         "truncate -s 2M r && mke2fs -q -t ext4 -O ^has_journal -d root r\n"
                         "truncate -s 3M v && mke2fs -q -t ext4 -O ^has_journal -d log v\n"));
  const std::string root = read_file(temporary.file("r"));
  const std::string log = read_file(temporary.file("v"));
  const auto volume = [](const std::string& name, const std::string& id,
                         const std::string& segments) {
    return name + " {\nid = \"" + id +
           "\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\n" + segments + "}\n";
  };
  const auto segment = [](int number, int start, int count, const std::string& pv, int at) {
    return "segment" + std::to_string(number) + " {\nstart_extent = " + std::to_string(start) +
           "\nextent_count = " + std::to_string(count) +
           "\ntype = \"striped\"\nstripe_count = 1\nstripes = [\n\"" + pv + "\", " +
           std::to_string(at) + "\n]\n}\n";
  };
  const std::string ids[] = {"aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaa0",
                             "bbbbbb-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbb0"};
  const auto physical = [&](int n) {
    return "pv" + std::to_string(n) + " {\nid = \"" + ids[n] +
           "\"\ndevice = \"/dev/sda\"\nstatus = [\"ALLOCATABLE\"]\nflags = []\ndev_size = 16384\n"
           "pe_start = 2048\npe_count = 7\n}\n";
  };
  // The log lies in three pieces: extents 3 and 2 of the second volume, then 5 of the first.
  const std::string text =
      "vg-0 {\nid = \"cccccc-cccc-cccc-cccc-cccc-cccc-cccccc\"\nseqno = 3\nformat = \"lvm2\"\n"
      "status = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nflags = []\nextent_size = 2048\nmax_lv = 0\n"
      "max_pv = 0\nmetadata_copies = 0\n\nphysical_volumes {\n" +
      physical(0) + physical(1) + "}\n\nlogical_volumes {\n" +
      volume("root", "dddddd-dddd-dddd-dddd-dddd-dddd-dddddd",
             "segment_count = 1\n" + segment(1, 0, 2, "pv0", 1)) +
      volume("var-log", "eeeeee-eeee-eeee-eeee-eeee-eeee-eeeeee",
             "segment_count = 3\n" + segment(1, 0, 1, "pv1", 3) + segment(2, 1, 1, "pv1", 2) +
                 segment(3, 2, 1, "pv0", 5)) +
      "}\n}\n";
  constexpr std::size_t kMib = 1 << 20;
  std::string disk(20 * kMib, '\0');
  const std::size_t starts[] = {1 * kMib, 10 * kMib};
  for (int n = 0; n < 2; ++n) {
    disk.replace(starts[n], kMib, lvm_physical_volume(ids[n], 8 * kMib, text));
    set_mbr_entry(disk, 0, n, {0x8e, static_cast<std::uint32_t>(starts[n] / 512), 16384});
  }
  const auto extent = [&](int pv, int number) {
    return starts[pv] + kMib + static_cast<std::size_t>(number) * kMib;
  };
  disk.replace(extent(0, 1), root.size(), root);
  disk.replace(extent(1, 3), kMib, log, 0, kMib);
  disk.replace(extent(1, 2), kMib, log, kMib, kMib);
  disk.replace(extent(0, 5), kMib, log, 2 * kMib, kMib);
  write_file(temporary.file("disk.raw"), disk);

  auto source = open_source_of(temporary.file("disk.raw"));
  ASSERT_TRUE(source);
  for (const auto& volume_left : source->unreadable()) {
    ADD_FAILURE() << volume_left.name << ": " << volume_left.detail;
  }
  auto volumes = by_mount(*source);
  ASSERT_TRUE(volumes.contains("/var/log"));
  auto entry = volumes["/var/log"]->stat("messages");
  ASSERT_TRUE(entry);
  EXPECT_EQ(content_digest(*volumes["/var/log"], *entry), digest_of(noise(900'000, 1)));

  // Without the second disk the group is named as unreadable, not half assembled.
  disk.replace(starts[1], 4096, std::string(4096, '\0'));
  write_file(temporary.file("half.raw"), disk);
  auto half = open_source_of(temporary.file("half.raw"));
  ASSERT_TRUE(half);
  const auto unreadable = by_type(*half);
  ASSERT_TRUE(unreadable.contains("lvm"));
  EXPECT_THAT(unreadable.at("lvm")->detail, HasSubstr(ids[1]));
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

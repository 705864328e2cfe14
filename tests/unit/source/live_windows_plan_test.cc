// What a run on Windows decides without Windows: volumes, devices, what it says of itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "agent/base/memory_reader.h"
#include "agent/source/live/boot_size.h"
#include "agent/source/live/fallback_file_system.h"
#include "agent/source/live/volume_plan.h"
#include "agent/source/live/windows/device_error.h"
#include "konseki/medium_reader.h"
#include "tests/support/memory_file_system.h"

namespace konseki::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

HostVolume volume(char letter, DriveKind kind = DriveKind::kFixed) {
  HostVolume volume;
  volume.letter = letter;
  volume.kind = kind;
  volume.file_system = "NTFS";
  volume.device = letter == 0 ? "\\\\?\\Volume{1}" : std::string("\\\\.\\") + letter + ":";
  return volume;
}

std::vector<std::string> mounts_of(const VolumePlan& plan) {
  std::vector<std::string> mounts;
  for (const auto& item : plan.items) mounts.push_back(item.mount);
  return mounts;
}

TEST(VolumePlan, SystemFirstThenLettersThenTheRestByPlace) {
  HostVolume efi = volume(0);
  efi.disk = 0;
  efi.offset = 1 << 20;
  HostVolume recovery = volume(0);
  recovery.disk = 0;
  recovery.offset = std::uint64_t{50} << 30;
  HostVolume system = volume('D');
  system.system = true;
  const VolumePlan plan = plan_volumes({recovery, volume('E'), volume('C'), system, efi}, false);
  EXPECT_THAT(mounts_of(plan), ElementsAre("D:", "C:", "E:", "$fs$/fs0", "$fs$/fs1"));
  EXPECT_EQ(plan.items[3].volume.offset, 1u << 20);
  EXPECT_THAT(plan.unreadable, IsEmpty());
}

TEST(VolumePlan, OwnMediumNetworkAndEmptyDrives) {
  HostVolume stick = volume('E', DriveKind::kRemovable);
  stick.own = true;
  HostVolume other_stick = volume('F', DriveKind::kRemovable);
  HostVolume share = volume('Z', DriveKind::kNetwork);
  share.device = "";
  share.remote = "\\Device\\LanmanRedirector\\server\\share";
  HostVolume reader = volume('G', DriveKind::kRemovable);
  reader.file_system = "";
  HostVolume disc = volume('H', DriveKind::kOptical);
  disc.file_system = "";
  HostVolume locked = volume('I');  // BitLocker: fixed, no file system to be seen
  locked.file_system = "";
  HostVolume system = volume('C');
  system.system = system.own = true;  // started from the suspect disk: examined all the same
  const std::vector<HostVolume> all{stick, other_stick, share, reader, disc, locked, system};
  const VolumePlan plan = plan_volumes(all, false);
  EXPECT_THAT(mounts_of(plan), ElementsAre("C:", "F:", "I:"));
  ASSERT_EQ(plan.unreadable.size(), 1u);
  EXPECT_EQ(plan.unreadable[0].name, "Z:");
  EXPECT_THAT(plan.unreadable[0].detail, HasSubstr("server"));
  EXPECT_FALSE(plan.unreadable[0].advice.ja.empty());
  EXPECT_THAT(mounts_of(plan_volumes(all, true)), ElementsAre("C:", "F:", "I:", "Z:"));
}

TEST(WindowsFootprint, SaysWhatTheRunDid) {
  WindowsFootprint footprint;
  EXPECT_THAT(side_effects_of(footprint), IsEmpty());
  footprint.executable = "E:/kit/konseki.exe";
  footprint.devices = {"\\\\.\\C:", "\\\\.\\PhysicalDrive0"};
  footprint.privileges = {"SeBackupPrivilege"};
  footprint.files_through_system = 3;
  const auto effects = side_effects_of(footprint);
  ASSERT_EQ(effects.size(), 4u);
  EXPECT_THAT(effects[0].en, HasSubstr("C:/Windows/Prefetch/KONSEKI.EXE-*.pf"));
  EXPECT_THAT(effects[1].en, HasSubstr("\\\\.\\C:, \\\\.\\PhysicalDrive0"));
  EXPECT_THAT(effects[2].ja, HasSubstr("SeBackupPrivilege"));
  EXPECT_THAT(effects[3].en, HasSubstr("3 files"));
}

TEST(DeviceError, DamageDisappearanceAndRefusal) {
  EXPECT_EQ(device_fault_of(0), DeviceFault::kNone);
  for (const std::uint32_t bad : {23u, 27u, 30u, 31u, 121u, 1117u, 99999u}) {
    EXPECT_EQ(device_fault_of(bad), DeviceFault::kUnreadable) << bad;
  }
  for (const std::uint32_t gone : {21u, 55u, 433u, 1006u, 1110u, 1112u, 1167u, 1617u}) {
    EXPECT_EQ(device_fault_of(gone), DeviceFault::kGone) << gone;
  }
  for (const std::uint32_t refused : {5u, 33u, 87u, 0x80310000u}) {
    EXPECT_EQ(device_fault_of(refused), DeviceFault::kRefused) << refused;
  }
}

std::vector<std::byte> boot(std::string_view name) {
  std::vector<std::byte> sector(512);
  sector[0] = std::byte{0xeb};
  std::memcpy(sector.data() + 3, name.data(), name.size());
  sector[12] = std::byte{2};  // 512 bytes a sector
  sector[510] = std::byte{0x55};
  sector[511] = std::byte{0xaa};
  return sector;
}

TEST(BootSize, KindsOfVolumes) {
  auto ntfs = boot("NTFS    ");
  ntfs[40] = std::byte{99};
  EXPECT_EQ(boot_sector_size(ntfs), 100u * 512);
  auto exfat = boot("EXFAT   ");
  exfat[72] = std::byte{7};
  exfat[108] = std::byte{12};
  EXPECT_EQ(boot_sector_size(exfat), 7u * 4096);
  auto fat = boot("MSDOS5.0");
  fat[19] = std::byte{40};
  EXPECT_EQ(boot_sector_size(fat), 40u * 512);
  auto large = boot("MSDOS5.0");
  large[34] = std::byte{1};
  EXPECT_EQ(boot_sector_size(large), 65536u * 512);
  EXPECT_FALSE(boot_sector_size(std::vector<std::byte>(512)));
  EXPECT_FALSE(boot_sector_size(std::vector<std::byte>(100)));
  auto absurd = boot("NTFS    ");
  std::fill_n(absurd.begin() + 40, 8, std::byte{0xff});
  EXPECT_FALSE(boot_sector_size(absurd));
}

// A raw volume that cannot give some contents.
class HalfBlind : public MemoryFileSystem {
 public:
  HalfBlind() : MemoryFileSystem(PathStyle::kWindows, "C:") {
    mutable_info().access_method = "tsk";
  }
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override {
    if (entry.path == "wof.exe") {
      return fail(ErrorCode::kUnsupported, "wof.exe: compressed by the system (WOF)");
    }
    if (entry.path == "bad") return fail(ErrorCode::kIoError, "bad: read error");
    return MemoryFileSystem::open(entry, stream);
  }
};

TEST(FallbackFileSystem, OnlyWhatRawBytesLackComesThroughTheSystem) {
  auto raw = std::make_unique<HalfBlind>();
  raw->add_file("plain", "raw bytes");
  raw->add_file("wof.exe", "?");
  raw->add_file("bad", "?");
  raw->add_file("cloud", "?").cloud_placeholder = true;
  int opened = 0;
  FallbackFileSystem volume(std::move(raw), [&]() -> Result<std::unique_ptr<FileSystem>> {
    ++opened;
    auto system = std::make_unique<MemoryFileSystem>(PathStyle::kWindows, "C:");
    system->mutable_info().access_method = "os";
    system->add_file("plain", "from the system");
    system->add_file("wof.exe", "decompressed");
    system->add_file("bad", "from the system");
    return std::unique_ptr<FileSystem>(std::move(system));
  });
  const auto read = [&](std::string_view path) -> std::string {
    auto content = volume.open(*volume.stat(path), {});
    if (!content) return content.error().detail;
    std::string text((*content)->size(), '\0');
    (void)(*content)->read_at(0, std::as_writable_bytes(std::span(text)));
    return std::string(access_method_of(**content)) + "|" + text;
  };
  EXPECT_EQ(read("plain"), "|raw bytes");
  EXPECT_EQ(opened, 0);
  EXPECT_EQ(read("wof.exe"), "os|decompressed");
  EXPECT_EQ(read("wof.exe"), "os|decompressed");
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(volume.opened_by_system(), 2u);
  EXPECT_EQ(read("bad"), "bad: read error") << "the medium is at fault";
  EXPECT_EQ(volume.opened_by_system(), 2u);
}

TEST(FallbackFileSystem, NoSystemToHelp) {
  auto raw = std::make_unique<HalfBlind>();
  raw->add_file("wof.exe", "?");
  FallbackFileSystem volume(std::move(raw), []() -> Result<std::unique_ptr<FileSystem>> {
    return fail(ErrorCode::kPermissionDenied, "no");
  });
  const auto content = volume.open(*volume.stat("wof.exe"), {});
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace konseki::testing

#include "agent/source/image/volume_probe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "agent/base/cursor.h"

namespace konseki {
namespace {

using namespace std::string_view_literals;
using enum VolumeKind;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  VolumeKind kind;
  std::string_view type;
};

// Encryption before the file system it imitates; in order of what is most certain.
constexpr Signature kSignatures[] = {
    {3, "-FVE-FS-"sv, kUnreadable, "bitlocker"},
    // BitLocker To Go wears a FAT32 boot sector; its identifier lies behind the BPB.
    {424, "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01"sv, kUnreadable,
     "bitlocker"},
    {424, "\x3b\x4d\xa8\x92\x80\xdd\x0e\x4d\x9e\x4e\xb1\xe3\x28\x4e\xae\xd8"sv, kUnreadable,
     "bitlocker"},
    {0, "LUKS\xba\xbe"sv, kUnreadable, "luks"},
    {3, "ReFS\0\0\0\0"sv, kUnreadable, "refs"},
    {3, "NTFS    "sv, kFileSystem, "ntfs"},
    {3, "EXFAT   "sv, kFileSystem, "exfat"},
    {0, "XFSB"sv, kUnreadable, "xfs"},
    {0x10040, "_BHRfS_M"sv, kUnreadable, "btrfs"},
    {32, "NXSB"sv, kApfs, "apfs"},
    {0x8001, "CD001"sv, kFileSystem, "iso9660"},
    {0x8001, "BEA01"sv, kUnreadable, "udf"},
    {1024, "H+\0\x04"sv, kFileSystem, "hfs+"},
    {1024, "HX\0\x05"sv, kFileSystem, "hfs+"},
    {1024, "BD"sv, kFileSystem, "hfs"},
    {1080, "\x53\xef"sv, kFileSystem, "ext"},
    {1024, "\x10\x20\xf5\xf2"sv, kUnreadable, "f2fs"},
    {1024, "\xe2\xe1\xf5\xe0"sv, kUnreadable, "erofs"},
    {0, "hsqs"sv, kUnreadable, "squashfs"},
    {4096, "\xfc\x4e\x2b\xa9"sv, kUnreadable, "linux_raid"},
    {0, "\xfc\x4e\x2b\xa9"sv, kUnreadable, "linux_raid"},
    {4096 - 10, "SWAPSPACE2"sv, kUnreadable, "swap"},
    {65536 - 10, "SWAPSPACE2"sv, kUnreadable, "swap"},
    {0x10034, "ReIsErFs"sv, kUnreadable, "reiserfs"},
    {0x10034, "ReIsEr2Fs"sv, kUnreadable, "reiserfs"},
    {0x10034, "ReIsEr3Fs"sv, kUnreadable, "reiserfs"},
    {0x8000, "JFS1"sv, kUnreadable, "jfs"},
    {0x1006, "\x34\x34"sv, kUnreadable, "nilfs2"},
    {88, "CS\x01\0"sv, kUnreadable, "core_storage"},
    {4096 + 24, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"sv, kUnreadable,
     "bcache"},
    // makefs and some firmware: the superblock of UFS2 at 8 KiB, where the library does not look.
    {8192 + 1372, "\x19\x01\x54\x19"sv, kUnreadable, "ufs2"},
    {8192 + 1372, "\x19\x54\x01\x19"sv, kUnreadable, "ufs2"},
    {8192 + 1372, "\x54\x19\x01\x00"sv, kFileSystem, "ufs"},
    {8192 + 1372, "\x00\x01\x19\x54"sv, kFileSystem, "ufs"},
    {65536 + 1372, "\x19\x01\x54\x19"sv, kFileSystem, "ufs"},
    {65536 + 1372, "\x19\x54\x01\x19"sv, kFileSystem, "ufs"},
};

constexpr std::size_t kHeadSize = 262144;
// Uberblocks of a ZFS label start here, one a KiB at the least.
constexpr std::size_t kZfsUberblocks = 131072;
constexpr std::string_view kZfsMagic = "\x0c\xb1\xba\x00\x00\x00\x00\x00"sv;

// [MS-FATFS 3.1]: there is no magic number, only values that must hold together.
bool is_fat(std::string_view head) {
  if (head.size() < 512 || head.substr(510, 2) != "\x55\xaa") return false;
  Cursor cursor(std::as_bytes(std::span(head)));
  const std::uint8_t jump = cursor.u8();
  cursor.seek(11);
  const unsigned sector = cursor.u16();
  const unsigned cluster = cursor.u8();
  const unsigned reserved = cursor.u16();
  const unsigned fats = cursor.u8();
  cursor.skip(2);
  const unsigned sectors16 = cursor.u16();
  const unsigned media = cursor.u8();
  cursor.seek(32);
  const std::uint32_t sectors32 = cursor.u32();
  const auto power_of_two = [](unsigned value) { return value != 0 && (value & (value - 1)) == 0; };
  return (jump == 0xeb || jump == 0xe9) && power_of_two(sector) && sector >= 512 &&
         sector <= 4096 && power_of_two(cluster) && reserved != 0 && (fats == 1 || fats == 2) &&
         (media == 0xf0 || media >= 0xf8) && (sectors16 != 0 || sectors32 != 0);
}

// The label may lie in any of the first four sectors.
bool is_lvm(std::string_view head) {
  for (std::size_t sector = 0; sector < 4; ++sector) {
    const std::size_t at = sector * 512;
    if (head.size() < at + 32) return false;
    if (head.substr(at, 8) == "LABELONE" && head.substr(at + 24, 8) == "LVM2 001") return true;
  }
  return false;
}

bool is_zfs(std::string_view head) {
  for (std::size_t at = kZfsUberblocks; at + 8 <= head.size(); at += 1024) {
    if (head.substr(at, 8) == kZfsMagic) return true;
  }
  return false;
}

// Ciphertext has close to 8 bits of entropy a byte; file systems and data hardly ever do.
bool looks_random(std::string_view head) {
  constexpr std::size_t kSample = 65536;
  if (head.size() < kSample) return false;
  head = head.substr(0, kSample);
  std::array<unsigned, 256> counts{};
  for (const char c : head) ++counts[static_cast<unsigned char>(c)];
  double entropy = 0;
  for (const unsigned count : counts) {
    if (count == 0) return false;
    const double share = static_cast<double>(count) / static_cast<double>(head.size());
    entropy -= share * std::log2(share);
  }
  return entropy > 7.99;
}

}  // namespace

VolumeGuess probe_volume(ByteReader& volume) {
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(std::min<std::uint64_t>(kHeadSize, volume.size())));
  auto count = volume.read_at(0, bytes);
  if (!count) return {};
  const std::string_view head = as_text(std::span(bytes).first(*count));
  if (is_lvm(head)) return {kLvm, "lvm"};
  for (const Signature& signature : kSignatures) {
    if (head.size() >= signature.offset + signature.bytes.size() &&
        head.substr(signature.offset).starts_with(signature.bytes)) {
      return {signature.kind, signature.type};
    }
  }
  if (is_fat(head)) return {kFileSystem, "fat"};
  if (is_zfs(head)) return {kUnreadable, "zfs"};
  if (std::all_of(head.begin(), head.end(), [](char c) { return c == '\0'; })) {
    return {kEmpty, "unknown"};
  }
  return {kUnknown, "unknown", looks_random(head)};
}

Bilingual advice_for(std::string_view type) {
  if (type == "bitlocker") {
    return {
        "BitLocker: unlock it with its recovery key (for example dislocker, or attach it "
        "read-only on a clean Windows), attach read-only and pass the directory.",
        "BitLocker です。回復キーで解除し(dislocker や別の安全な Windows など)、読み取り専用で"
        "マウントして、そのディレクトリを指定してください。"};
  }
  if (type == "luks") {
    return {
        "LUKS: open it with its key (cryptsetup open --readonly), attach read-only and pass "
        "the directory.",
        "LUKS です。鍵で開き(cryptsetup open --readonly)、読み取り専用でマウントして、"
        "そのディレクトリを指定してください。"};
  }
  if (type == "apfs_encrypted") {
    return {
        "Encrypted APFS: unlock it on a Mac or with apfs-fuse and its password, attach "
        "read-only and pass the directory.",
        "暗号化された APFS です。Mac または apfs-fuse で解除し、読み取り専用でマウントして、"
        "そのディレクトリを指定してください。"};
  }
  if (type == "shadow_copy") {
    return {
        "The volume itself is read. On the running Windows, vssadmin list shadows names its shadow "
        "copies, and a folder of one can be passed.",
        "ボリューム自体は読み取ります。稼働中の Windows では vssadmin list shadows で"
        "シャドウコピーを確認でき、その中のフォルダーを対象に指定できます。"};
  }
  if (type == "swap") {
    return {"Swap space holds no files. Keep the image if its content may matter.",
            "スワップ領域でありファイルはありません。内容が必要になり得る場合はイメージを保全してく"
            "ださい。"};
  }
  if (type == "lvm" || type == "linux_raid" || type == "bcache" || type == "core_storage") {
    return {
        "This is a part of a volume of several devices. Assemble it read-only with all its "
        "parts, attach read-only and pass the directory.",
        "複数のデバイスからなるボリュームの一部です。すべてを読み取り専用で組み立て、マウントして、"
        "そのディレクトリを指定してください。"};
  }
  if (type == "unknown") {
    return {
        "No known file system. It may be encrypted (VeraCrypt leaves no mark), unformatted or "
        "damaged. If it can be opened elsewhere, attach read-only and pass the directory.",
        "既知のファイルシステムではありません。暗号化(VeraCrypt "
        "は痕跡を残しません)、未フォーマット、"
        "または破損の可能性があります。他の方法で開ける場合は、読み取り専用でマウントして、"
        "そのディレクトリを指定してください。"};
  }
  return {"Attach it read-only (for example mount -o ro) and pass the directory.",
          "読み取り専用でマウントし(例: mount -o ro)、そのディレクトリを指定してください。"};
}

}  // namespace konseki

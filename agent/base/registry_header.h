// The base block of a registry hive or transaction log: its first 512 bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace konseki {

constexpr std::size_t kHiveHeaderSize = 512;

struct HiveHeader {
  bool is_hive = false;      // begins with "regf"
  bool checksum_ok = false;  // false: copied, or cut off, in mid-write
  std::uint32_t primary_sequence = 0;
  std::uint32_t secondary_sequence = 0;
  std::uint32_t file_type = 0;  // 0: hive; 1, 2: log before Windows 8.1; 6: log since
  std::uint32_t root = 0;
  std::uint32_t bins_size = 0;

  // True when changes were still on their way to the hive: the newest ones are in its logs.
  bool dirty() const { return primary_sequence != secondary_sequence || !checksum_ok; }
};

// Fewer bytes than kHiveHeaderSize are no hive.
HiveHeader read_hive_header(std::span<const std::byte> bytes);

// The checksum that belongs to the first 508 of `bytes`, which are kHiveHeaderSize.
std::uint32_t hive_header_checksum(std::span<const std::byte> bytes);

}  // namespace konseki

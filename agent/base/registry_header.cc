#include "agent/base/registry_header.h"

#include "agent/base/cursor.h"

namespace konseki {
namespace {

constexpr std::size_t kTypeField = 0x1C;
constexpr std::size_t kRootField = 0x24;
constexpr std::size_t kChecksumField = 508;

}  // namespace

std::uint32_t hive_header_checksum(std::span<const std::byte> bytes) {
  Cursor words(bytes);
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < kChecksumField; at += 4) sum ^= words.u32();
  if (sum == 0) return 1;
  return sum == 0xFFFF'FFFF ? 0xFFFF'FFFE : sum;
}

HiveHeader read_hive_header(std::span<const std::byte> bytes) {
  HiveHeader header;
  if (bytes.size() < kHiveHeaderSize) return header;
  Cursor cursor(bytes);
  header.is_hive = as_text(cursor.bytes(4)) == "regf";
  header.primary_sequence = cursor.u32();
  header.secondary_sequence = cursor.u32();
  cursor.seek(kTypeField);
  header.file_type = cursor.u32();
  cursor.seek(kRootField);
  header.root = cursor.u32();
  header.bins_size = cursor.u32();
  cursor.seek(kChecksumField);
  header.checksum_ok = cursor.u32() == hive_header_checksum(bytes);
  return header;
}

}  // namespace konseki

#include "agent/source/image/ntfs_record.h"

#include <cstring>
#include <limits>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::size_t kHeaderSize = 48;
constexpr std::size_t kFixupSector = 512;
constexpr std::uint32_t kEndMark = 0xffffffff;
constexpr std::size_t kNameHeaderSize = 66;
constexpr std::uint16_t kCompressedOrSparse = 0x8001;

bool decode_resident(std::span<const std::byte> bytes, NtfsAttribute& attribute) {
  if (bytes.size() < 24) return false;
  const std::uint32_t size = le32(bytes, 16);
  const std::uint16_t offset = le16(bytes, 20);
  if (offset > bytes.size() || size > bytes.size() - offset) return false;
  attribute.content = bytes.subspan(offset, size);
  attribute.runs = {};
  attribute.first_vcn = 0;
  attribute.size = size;
  attribute.initialised = size;
  attribute.allocated = size;
  return true;
}

bool decode_non_resident(std::span<const std::byte> bytes, NtfsAttribute& attribute) {
  if (bytes.size() < 64) return false;
  const std::uint16_t runs = le16(bytes, 32);
  if (runs > bytes.size()) return false;
  attribute.content = {};
  attribute.runs = bytes.subspan(runs);
  attribute.first_vcn = le64(bytes, 16);
  attribute.allocated = le64(bytes, 40);
  attribute.size = le64(bytes, 48);
  attribute.initialised = le64(bytes, 56);
  // Compressed and sparse streams add what they really take.
  if ((attribute.flags & kCompressedOrSparse) != 0 && attribute.first_vcn == 0 &&
      bytes.size() >= 72 && runs >= 72) {
    attribute.allocated = le64(bytes, 64);
  }
  return true;
}

}  // namespace

bool apply_ntfs_fixup(std::span<std::byte> record, std::string_view signature) {
  if (record.size() < kHeaderSize || std::memcmp(record.data(), signature.data(), 4) != 0) {
    return false;
  }
  const std::size_t offset = le16(record, 4);
  const std::size_t count = le16(record, 6);
  if (count == 0 || offset + count * 2 > record.size() ||
      (count - 1) * kFixupSector > record.size()) {
    return false;
  }
  const std::byte low = record[offset];
  const std::byte high = record[offset + 1];
  for (std::size_t i = 1; i < count; ++i) {
    const std::size_t end = i * kFixupSector - 2;
    if (record[end] != low || record[end + 1] != high) return false;
    record[end] = record[offset + i * 2];
    record[end + 1] = record[offset + i * 2 + 1];
  }
  return true;
}

std::optional<NtfsHeader> decode_ntfs_header(std::span<const std::byte> record) {
  if (record.size() < kHeaderSize) return std::nullopt;
  NtfsHeader header;
  header.sequence = le16(record, 16);
  header.link_count = le16(record, 18);
  header.first_attribute = le16(record, 20);
  const std::uint16_t flags = le16(record, 22);
  header.in_use = (flags & 1) != 0;
  header.directory = (flags & 2) != 0;
  header.used = le32(record, 24);
  const std::uint64_t base = le64(record, 32);
  header.base = NtfsReference::from(base);
  header.is_base = base == 0;
  if (header.used > record.size()) header.used = static_cast<std::uint32_t>(record.size());
  if (header.first_attribute < 40 || header.first_attribute > header.used) return std::nullopt;
  return header;
}

bool NtfsAttributes::next(NtfsAttribute& attribute) {
  if (at_ + 4 > record_.size()) return false;
  const std::uint32_t type = le32(record_, at_);
  if (type == kEndMark) return false;
  damaged_ = true;
  if (at_ + 16 > record_.size()) return false;
  const std::uint32_t length = le32(record_, at_ + 4);
  if (length < 16 || length > record_.size() - at_) return false;
  const auto bytes = record_.subspan(at_, length);
  attribute.type = static_cast<NtfsType>(type);
  attribute.resident = le8(bytes, 8) == 0;
  const std::size_t name_size = std::size_t{le8(bytes, 9)} * 2;
  const std::size_t name_offset = le16(bytes, 10);
  attribute.flags = le16(bytes, 12);
  attribute.id = le16(bytes, 14);
  if (name_size != 0 && name_offset + name_size > bytes.size()) return false;
  attribute.name =
      name_size == 0 ? std::span<const std::byte>() : bytes.subspan(name_offset, name_size);
  if (!(attribute.resident ? decode_resident(bytes, attribute)
                           : decode_non_resident(bytes, attribute))) {
    return false;
  }
  damaged_ = false;
  at_ += length;
  return true;
}

std::optional<NtfsName> decode_ntfs_name(std::span<const std::byte> content) {
  if (content.size() < kNameHeaderSize) return std::nullopt;
  NtfsName name;
  name.parent = NtfsReference::from(le64(content, 0));
  name.times.created = ntfs_time(le64(content, 8));
  name.times.modified = ntfs_time(le64(content, 16));
  name.times.changed = ntfs_time(le64(content, 24));
  name.times.accessed = ntfs_time(le64(content, 32));
  const std::size_t length = std::size_t{le8(content, 64)} * 2;
  name.space = static_cast<NtfsName::Space>(le8(content, 65) & 3);
  if (length == 0 || length > content.size() - kNameHeaderSize) return std::nullopt;
  name.name = content.subspan(kNameHeaderSize, length);
  return name;
}

bool decode_ntfs_runs(std::span<const std::byte> encoded, std::uint64_t vcn,
                      std::vector<NtfsRun>& runs) {
  std::int64_t lcn = 0;
  std::size_t at = 0;
  while (at < encoded.size()) {
    const unsigned head = le8(encoded, at++);
    if (head == 0) return true;
    const unsigned length_bytes = head & 15;
    const unsigned offset_bytes = head >> 4;
    if (length_bytes == 0 || length_bytes > 8 || offset_bytes > 8 ||
        length_bytes + offset_bytes > encoded.size() - at) {
      return false;
    }
    std::uint64_t length = 0;
    for (unsigned i = 0; i < length_bytes; ++i) {
      length |= static_cast<std::uint64_t>(le8(encoded, at + i)) << (8 * i);
    }
    at += length_bytes;
    std::uint64_t raw = 0;
    for (unsigned i = 0; i < offset_bytes; ++i) {
      raw |= static_cast<std::uint64_t>(le8(encoded, at + i)) << (8 * i);
    }
    if (offset_bytes > 0 && offset_bytes < 8 && (le8(encoded, at + offset_bytes - 1) & 0x80) != 0) {
      raw |= ~std::uint64_t{0} << (8 * offset_bytes);
    }
    at += offset_bytes;
    if (length == 0 || length > std::numeric_limits<std::uint64_t>::max() - vcn) return false;
    if (offset_bytes == 0) {
      runs.push_back({vcn, length, NtfsRun::kSparse});
    } else {
      if (__builtin_add_overflow(lcn, static_cast<std::int64_t>(raw), &lcn) || lcn < 0)
        return false;
      runs.push_back({vcn, length, static_cast<std::uint64_t>(lcn)});
    }
    vcn += length;
  }
  return true;
}

std::optional<Timestamp> ntfs_time(std::uint64_t ticks) {
  if (ticks == 0) return std::nullopt;
  return Timestamp::from_filetime(ticks);
}

void append_utf16le(std::string& out, std::span<const std::byte> name) {
  for (std::size_t at = 0; at + 1 < name.size(); at += 2) {
    const std::uint32_t unit = le16(name, at);
    if (unit < 0x80) {
      out += static_cast<char>(unit);
      continue;
    }
    std::uint32_t point = unit;
    if (unit >= 0xd800 && unit < 0xdc00 && at + 3 < name.size()) {
      const std::uint32_t low = le16(name, at + 2);
      if (low >= 0xdc00 && low < 0xe000) {
        point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      }
    }
    append_code_point(out, point);
  }
}

}  // namespace konseki

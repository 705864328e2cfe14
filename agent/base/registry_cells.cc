#include "agent/base/registry_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::uint64_t kFirstBin = 4096;
constexpr std::size_t kBlockSize = 16384;
constexpr std::uint64_t kSmallestKey = 80;  // bytes that a key takes at least
constexpr std::size_t kKeyFields = 0x4C;    // before the name
constexpr std::size_t kValueFields = 0x14;  // before the name
constexpr std::size_t kMaxName = 65535;     // a length field has 16 bits
constexpr std::size_t kSegment = 16344;     // data bytes in one cell of segmented data
constexpr std::uint32_t kInline = 0x8000'0000;
constexpr std::uint16_t kNarrowKeyName = 0x20;
constexpr std::uint16_t kNarrowValueName = 0x01;
constexpr int kMaxListDepth = 2;  // a list of lists

// Names are UTF-16 or, where every unit fits, its low bytes.
std::string decode_name(std::span<const std::byte> bytes, bool narrow) {
  if (!narrow) return utf16le_to_wtf8(bytes);
  std::string out;
  out.reserve(bytes.size());
  for (std::byte byte : bytes) append_code_point(out, std::to_integer<std::uint32_t>(byte));
  return out;
}

tl::unexpected<Error> damaged(std::string_view what, std::uint32_t offset) {
  return fail(ErrorCode::kCorrupt, fmt::format("{} at 0x{:x}", what, kFirstBin + offset));
}

}  // namespace

RegistryCells::RegistryCells(ByteReader& content)
    : content_(content), size_(content.size() > kFirstBin ? content.size() - kFirstBin : 0) {}

Result<void> RegistryCells::read(std::uint64_t position, std::span<std::byte> out) {
  while (!out.empty()) {
    const std::uint64_t index = position / kBlockSize;
    Block& block = blocks_[index % blocks_.size()];
    if (block.index != index) {
      block.bytes.resize(kBlockSize);
      block.index = ~std::uint64_t{0};
      KONSEKI_ASSIGN(const std::size_t count,
                     content_.read_at(kFirstBin + index * kBlockSize, block.bytes));
      block.bytes.resize(count);
      block.index = index;
    }
    const std::size_t start = position % kBlockSize;
    if (start >= block.bytes.size()) return fail(ErrorCode::kCorrupt, "the hive ends early");
    const std::size_t count = std::min(out.size(), block.bytes.size() - start);
    std::memcpy(out.data(), block.bytes.data() + start, count);
    out = out.subspan(count);
    position += count;
  }
  return {};
}

Result<RegistryCells::Bytes> RegistryCells::cell(std::uint32_t offset, std::uint64_t limit) {
  if (std::uint64_t{offset} + 4 > size_) return damaged("cell outside the hive", offset);
  std::array<std::byte, 4> head{};
  KONSEKI_TRY(read(offset, head));
  // Negative while in use. A free cell that something still points to is read as well: hives
  // copied in mid-write have such, and their content is mostly intact.
  const auto stored = static_cast<std::int32_t>(Cursor(head).u32());
  const std::uint64_t whole = static_cast<std::uint64_t>(std::abs(std::int64_t{stored}));
  if (whole < 4 || whole > size_ - offset) return damaged("impossible cell size", offset);
  Bytes bytes(std::min(whole - 4, limit));
  KONSEKI_TRY(read(std::uint64_t{offset} + 4, bytes));
  return bytes;
}

Result<KeyCell> RegistryCells::key(std::uint32_t offset) {
  KONSEKI_ASSIGN(const Bytes bytes, cell(offset, kKeyFields + kMaxName));
  Cursor cursor(bytes);
  if (as_text(cursor.bytes(2)) != "nk") return damaged("no key", offset);
  const std::uint16_t flags = cursor.u16();
  KeyCell key;
  key.last_written = Timestamp::from_filetime(cursor.u64());
  cursor.skip(8);  // access bits, parent
  key.subkey_count = cursor.u32();
  cursor.skip(4);  // volatile subkeys, which no file holds
  key.subkey_list = cursor.u32();
  cursor.skip(4);
  key.value_count = cursor.u32();
  key.value_list = cursor.u32();
  cursor.skip(28);  // security, class, longest names and data
  const std::uint16_t name_size = cursor.u16();
  cursor.skip(2);
  key.name = decode_name(cursor.bytes(name_size), (flags & kNarrowKeyName) != 0);
  if (!cursor.ok()) return damaged("key is cut off", offset);
  return key;
}

void RegistryCells::add_list(std::uint32_t offset, std::size_t most, int depth,
                             std::vector<std::uint32_t>& children) {
  const auto bytes = cell(offset, 4 + std::uint64_t{65535} * 8);
  if (!bytes) return;
  Cursor cursor(*bytes);
  const std::string_view kind = as_text(cursor.bytes(2));
  const std::uint16_t count = cursor.u16();
  const bool hashed = kind == "lf" || kind == "lh";
  if (!hashed && kind != "li" && kind != "ri") return;
  for (std::uint16_t i = 0; i < count && children.size() < most; ++i) {
    const std::uint32_t entry = cursor.u32();
    if (hashed) cursor.skip(4);
    if (!cursor.ok()) return;
    if (kind != "ri") {
      children.push_back(entry);
    } else if (depth < kMaxListDepth) {
      add_list(entry, most, depth + 1, children);
    }
  }
}

std::vector<std::uint32_t> RegistryCells::subkeys(const KeyCell& key, bool& complete) {
  std::vector<std::uint32_t> children;
  const std::uint64_t most = std::min<std::uint64_t>(key.subkey_count, size_ / kSmallestKey);
  if (most > 0) add_list(key.subkey_list, most, 1, children);
  complete = children.size() == key.subkey_count;
  return children;
}

std::vector<std::uint32_t> RegistryCells::values(const KeyCell& key) {
  std::vector<std::uint32_t> offsets;
  if (key.value_count == 0) return offsets;
  const auto bytes = cell(key.value_list, std::uint64_t{key.value_count} * 4);
  if (!bytes) return offsets;
  Cursor cursor(*bytes);
  while (cursor.remaining() >= 4) offsets.push_back(cursor.u32());
  return offsets;
}

Result<RegistryValue> RegistryCells::value(std::uint32_t offset, std::uint64_t limit) {
  KONSEKI_ASSIGN(const Bytes bytes, cell(offset, kValueFields + kMaxName));
  Cursor cursor(bytes);
  if (as_text(cursor.bytes(2)) != "vk") return damaged("no value", offset);
  const std::uint16_t name_size = cursor.u16();
  const std::uint32_t data_size = cursor.u32();
  const std::span<const std::byte> inline_data = cursor.bytes(4);
  RegistryValue value;
  value.type = static_cast<RegistryType>(cursor.u32());
  const std::uint16_t flags = cursor.u16();
  cursor.skip(2);
  value.name = decode_name(cursor.bytes(name_size), (flags & kNarrowValueName) != 0);
  if (!cursor.ok()) return damaged("value is cut off", offset);
  if ((data_size & kInline) != 0) {
    const std::uint32_t size = data_size & ~kInline;
    if (size > 4) return damaged("impossible size of data", offset);
    value.data.assign(inline_data.begin(), inline_data.begin() + size);
    return value;
  }
  if (data_size > limit) return damaged("data exceeds its bound", offset);
  if (data_size > 0) {
    KONSEKI_ASSIGN(value.data, data(Cursor(inline_data).u32(), data_size));
  }
  return value;
}

Result<RegistryCells::Bytes> RegistryCells::data(std::uint32_t offset, std::uint32_t size) {
  KONSEKI_ASSIGN(Bytes bytes, cell(offset, size));
  if (bytes.size() == size) return bytes;
  if (size > kSegment && bytes.size() >= 8 && as_text(std::span(bytes).first(2)) == "db") {
    return segmented_data(bytes, size);
  }
  return damaged("data is cut off", offset);
}

Result<RegistryCells::Bytes> RegistryCells::segmented_data(const Bytes& head, std::uint32_t size) {
  Cursor cursor(head);
  cursor.skip(2);
  const std::uint16_t count = cursor.u16();
  const std::uint32_t list_offset = cursor.u32();
  KONSEKI_ASSIGN(const Bytes list, cell(list_offset, std::uint64_t{count} * 4));
  Cursor offsets(list);
  Bytes out;
  while (out.size() < size) {
    const std::uint32_t offset = offsets.u32();
    if (!offsets.ok()) return damaged("segments of data are missing", list_offset);
    const std::size_t wanted = std::min<std::size_t>(kSegment, size - out.size());
    KONSEKI_ASSIGN(const Bytes part, cell(offset, wanted));
    if (part.size() != wanted) return damaged("data is cut off", offset);
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

}  // namespace konseki

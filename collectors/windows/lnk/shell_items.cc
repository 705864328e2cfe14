#include "collectors/windows/lnk/shell_items.h"

#include <algorithm>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr int kMaxItems = 512;
constexpr std::uint32_t kFileExtension = 0xBEEF'0004;

std::string narrow_text(std::span<const std::byte> bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  return std::string(as_text(bytes.first(static_cast<std::size_t>(end - bytes.begin()))));
}

// The long name in the extension block, whose offset is the item's last word; "" without one.
std::string long_name(std::span<const std::byte> item) {
  Cursor tail(item);
  tail.seek(item.size() - 2);
  const std::uint16_t offset = tail.u16();
  Cursor block(item);
  block.seek(offset);
  const std::uint16_t size = block.u16();
  const std::uint16_t version = block.u16();
  if (block.u32() != kFileExtension || size < 20 || offset < 4) return {};
  // Two DOS times, then fields that newer versions put in before the name.
  std::size_t skip = 10;
  if (version >= 7) skip += 18;
  if (version >= 3) skip += 2;
  if (version >= 9) skip += 4;
  if (version >= 8) skip += 4;
  block.skip(skip);
  if (!block.ok()) return {};
  return utf16le_to_wtf8_until_nul(block.bytes(block.remaining()));
}

std::string file_entry_name(std::span<const std::byte> item, std::uint8_t kind) {
  if (std::string name = long_name(item); !name.empty()) return name;
  constexpr std::size_t kNameOffset = 14;  // size, kind, blank, length, DOS time, attributes
  if (item.size() <= kNameOffset) return {};
  const auto name = item.subspan(kNameOffset);
  return (kind & 0x04) != 0 ? utf16le_to_wtf8_until_nul(name) : narrow_text(name);
}

}  // namespace

std::string shell_item_path(std::span<const std::byte> items) {
  std::string path;
  Cursor cursor(items);
  for (int i = 0; i < kMaxItems; ++i) {
    const std::size_t start = cursor.offset();
    const std::uint16_t size = cursor.u16();
    if (!cursor.ok() || size < 4 || size > items.size() - start) break;
    const std::span<const std::byte> item = items.subspan(start, size);
    cursor.seek(start + size);
    const auto kind = std::to_integer<std::uint8_t>(item[2]);
    std::string name;
    if ((kind & 0x70) == 0x20 && kind != 0x2E) {
      name = narrow_text(item.subspan(3));
      while (name.ends_with('\\')) name.pop_back();
    } else if ((kind & 0x70) == 0x30) {
      name = file_entry_name(item, kind);
    }
    if (name.empty()) continue;
    if (!path.empty()) path += '\\';
    path += name;
  }
  return path;
}

}  // namespace konseki::windows

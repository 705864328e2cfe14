#include "agent/source/image/ext_directory.h"

#include "agent/base/cursor.h"
#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::size_t kHeaderSize = 8;
constexpr std::size_t kInlineParentSize = 4;  // inline directories start with the parent's number

bool is_dots(std::string_view name) { return name == "." || name == ".."; }

bool plausible_name(std::string_view name) {
  return !name.empty() && !is_dots(name) && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

// Deleting an entry gives its room to the one before it; its bytes stay.
bool visit_gap(std::span<const std::byte> gap, std::uint32_t inode_count,
               const std::function<bool(const ExtName&)>& visit) {
  for (std::size_t at = 0; at + kHeaderSize < gap.size();) {
    const std::uint32_t inode = le32(gap, at);
    const std::size_t length = le16(gap, at + 4);
    const std::size_t name_size = le8(gap, at + 6);
    const std::uint8_t type = le8(gap, at + 7);
    const std::size_t needed = (kHeaderSize + name_size + 3) / 4 * 4;
    if (inode != 0 && inode <= inode_count && length % 4 == 0 && length >= needed &&
        at + length <= gap.size() && type <= 7 && at + kHeaderSize + name_size <= gap.size()) {
      const std::string_view name = as_text(gap.subspan(at + kHeaderSize, name_size));
      if (plausible_name(name)) {
        if (!visit({inode, name, type, true})) return false;
        at += needed;
        continue;
      }
    }
    at += 4;
  }
  return true;
}

}  // namespace

bool visit_ext_block(std::span<const std::byte> block, bool inline_data, bool with_deleted,
                     std::uint32_t inode_count, const std::function<bool(const ExtName&)>& visit) {
  std::size_t at = inline_data ? kInlineParentSize : 0;
  while (at + kHeaderSize <= block.size()) {
    const std::uint32_t inode = le32(block, at);
    std::size_t length = le16(block, at + 4);
    // 64 KiB blocks: the whole block does not fit the field.
    if (length == 0xffff || (length == 0 && block.size() == 65536)) length = 65536;
    const std::size_t name_size = le8(block, at + 6);
    if (length == 0 && inline_data) return true;
    if (length < kHeaderSize || length % 4 != 0 || length > block.size() - at) return false;
    if (kHeaderSize + name_size > length) return false;
    const std::string_view name = as_text(block.subspan(at + kHeaderSize, name_size));
    const std::uint8_t type = le8(block, at + 7);
    std::size_t used = (kHeaderSize + name_size + 3) / 4 * 4;
    if (inode == 0) {
      // Deleted first entry of a block, or the checksum at its end (type 0xde).
      used = type == 0xde ? length : 0;
      if (name_size == 0) used = length == block.size() ? length : std::max<std::size_t>(used, 8);
    } else if (inode > inode_count) {
      return false;
    } else if (!is_dots(name) && !name.empty()) {
      if (!visit({inode, name, static_cast<std::uint8_t>(type <= 7 ? type : 0), false}))
        return true;
    }
    if (with_deleted && length > used + kHeaderSize &&
        !visit_gap(block.subspan(at + used, length - used), inode_count, visit)) {
      return true;
    }
    at += length;
  }
  return true;
}

}  // namespace konseki

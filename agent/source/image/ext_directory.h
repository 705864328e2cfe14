// Entries of ext2/3/4 directories, live ones and what deletion left in the gaps.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace konseki {

struct ExtName {
  std::uint32_t inode = 0;
  std::string_view name;  // raw bytes
  std::uint8_t type = 0;  // 0 where the file system does not store it
  bool deleted = false;
};

// Visits one block of a directory (or all of an inline one, with `inline_data`). "." and ".." are
// left out. The visitor answers false to stop. False when the block is damaged.
bool visit_ext_block(std::span<const std::byte> block, bool inline_data, bool with_deleted,
                     std::uint32_t inode_count, const std::function<bool(const ExtName&)>& visit);

}  // namespace konseki

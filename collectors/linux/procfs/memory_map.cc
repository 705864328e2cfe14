#include "collectors/linux/procfs/memory_map.h"

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {

std::optional<MemoryMap> parse_memory_map(std::string_view line) {
  MemoryMap map;
  map.range = next_field(line);
  map.permissions = next_field(line);
  next_field(line);  // offset
  map.device = next_field(line);
  const auto inode = parse_number<std::uint64_t>(next_field(line));
  if (!inode || map.range.find('-') == std::string_view::npos) return std::nullopt;
  map.inode = *inode;
  // Blanks before the name are padding; those inside and after belong to it.
  if (const auto start = line.find_first_not_of(' '); start != std::string_view::npos) {
    map.path = unescape_octal(line.substr(start));
  }
  return map;
}

}  // namespace konseki::procfs

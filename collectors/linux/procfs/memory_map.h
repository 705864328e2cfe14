// One line of /proc/PID/maps, proc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace konseki::procfs {

struct MemoryMap {
  std::string_view range;        // "7f00-7f80", the name in map_files
  std::string_view permissions;  // "r-xp"
  std::string_view device;       // "fd:01"
  std::uint64_t inode = 0;       // 0: anonymous
  std::string path;              // unescaped; "[heap]", "/usr/lib/x", "/memfd:y (deleted)" or ""

  bool executable() const { return permissions.size() > 2 && permissions[2] == 'x'; }
  bool writable() const { return permissions.size() > 1 && permissions[1] == 'w'; }
};

// Absent when the line is not of that form. Views point into `line`.
std::optional<MemoryMap> parse_memory_map(std::string_view line);

}  // namespace konseki::procfs

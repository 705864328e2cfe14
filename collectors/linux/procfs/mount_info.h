// One line of /proc/PID/mountinfo, proc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/linux/procfs/process_id.h"

namespace konseki::procfs {

struct MountInfo {
  std::uint64_t id = 0;
  std::uint64_t parent = 0;
  std::string device;   // "254:0"
  std::string root;     // what of the file system is mounted: "/", or the source of a bind mount
  std::string point;    // where
  std::string options;  // of this mount
  std::string type;     // "ext4"
  std::string source;   // "/dev/sda1"
  std::string super_options;
  std::string propagation;  // "shared:1"; empty for private
};

// Absent when the line is not of that form. Names are unescaped.
std::optional<MountInfo> parse_mount_info(std::string_view line);

// The process whose directory (or something in it) the mount covers: a way to hide a process from
// ps and its like.
std::optional<ProcessId> covered_process(const MountInfo& mount);

}  // namespace konseki::procfs

// MountTable: what is mounted where, and which of it is looked into.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/result.h"

namespace konseki {

struct Mount {
  std::uint64_t id = 0;
  std::uint64_t device = 0;  // as st_dev
  std::string root;          // directory of the file system that is mounted here
  std::string point;         // absolute path, no trailing '/' but for "/"
  std::string type;          // "ext4", "fuse.sshfs"
  std::string source;        // "/dev/sda2", "server:/export"
  bool read_only = false;
};

// Lines of /proc/PID/mountinfo (proc_pid_mountinfo(5)), octal escapes undone. Lines that do not
// fit the format are left out. In mount order: of two with the same point the later one is seen.
std::vector<Mount> parse_mountinfo(std::string_view text);
Result<std::vector<Mount>> read_mounts();

// The mount that shows at `path` (absolute, no links, no trailing '/'); null when there is none.
const Mount* mount_of(const std::vector<Mount>& mounts, std::string_view path);

// Whether looking into a file system of this type is looking at this machine.
enum class MountKind {
  kLocal,       // its own disks and memory
  kPseudo,      // made up by the kernel: proc, sysfs, cgroup, ...
  kNetwork,     // another machine: could hang, and is not the evidence
  kRemoteFuse,  // a user's FUSE program, most often remote (sshfs, rclone)
  kAutomount,   // would be mounted by looking
  kUnknown,
};
MountKind mount_kind(std::string_view type);

// True for the merged root of a container, whose layers lie in plain directories beside it.
bool is_container_overlay(const Mount& mount);

// The SkippedPlace::reason of a mount that is left alone; empty when it is entered.
std::string_view skip_reason(const Mount& mount);

}  // namespace konseki

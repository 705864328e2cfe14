// Flags of an inode that outlive permissions: chattr(1), FS_IOC_GETFLAGS of ioctl_iflags(2).
#pragma once

#include <cstdint>

#include "konseki/file_system.h"

namespace konseki {

// The bits of Entry::attributes on POSIX volumes; none of Windows', for a Linux tree may lie in a
// folder on Windows. Other flags are left out, so that a live file and its image agree.
inline constexpr std::uint32_t kInodeImmutable = 0x40000000;
inline constexpr std::uint32_t kInodeAppendOnly = 0x80000000;

inline bool is_immutable(const Entry& entry, PathStyle style) {
  return style == PathStyle::kPosix && (entry.attributes & kInodeImmutable) != 0;
}

}  // namespace konseki

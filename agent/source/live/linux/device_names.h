// The names that udev knows a block device by.
#pragma once

#include <cstdint>
#include <string>

namespace konseki {

// Name of the link in `directory` ("/dev/disk/by-uuid", "/dev/disk/by-label") that leads to the
// device (as st_rdev), udev's \x20 escapes undone; the first by name where there are several; ""
// when there is none.
std::string device_name(const std::string& directory, std::uint64_t device);

// st_rdev of a block device's node; 0 when `path` is none.
std::uint64_t block_device_at(const std::string& path);

}  // namespace konseki

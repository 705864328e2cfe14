// Facts about the system as a whole, from the files of /proc and /sys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "konseki/file_system.h"
#include "konseki/time.h"

namespace konseki::system_state {

// A value in bytes of /proc/meminfo, "MemTotal:  123 kB".
std::optional<std::uint64_t> memory_value(std::string_view meminfo, std::string_view key);

// Reserved huge pages of every size, in bytes; absent when the kernel has none.
std::optional<std::uint64_t> reserved_huge_pages(FileSystem& kernel);

struct ProfileCounts {
  std::uint64_t enforced = 0;
  std::uint64_t complaining = 0;
};

// "/sys/kernel/security/apparmor/profiles": "name (enforce)" lines. Absent when not readable.
std::optional<ProfileCounts> apparmor_profiles(FileSystem& kernel);

// "64-91 0-3": how many numbers a list such as /sys/devices/system/cpu/online holds.
std::optional<std::uint64_t> count_of_list(std::string_view list);

struct TimeService {
  std::string name;
  std::string evidence;  // display path
  Timestamp last;
};

// The service whose state file is the newest.
std::optional<TimeService> time_service(FileSystem& kernel);

// True when /etc/adjtime says LOCAL.
std::optional<bool> hardware_clock_is_local(FileSystem& kernel);

// The file or variable that says so; empty outside containers.
std::string inside_container(FileSystem& kernel);

}  // namespace konseki::system_state

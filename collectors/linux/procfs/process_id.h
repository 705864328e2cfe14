// Process ids as /proc lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/file_system.h"

namespace konseki::procfs {

using ProcessId = std::uint32_t;

// PID_MAX_LIMIT of 64-bit kernels (include/linux/threads.h).
inline constexpr ProcessId kMaxProcessId = 4 * 1024 * 1024;

// The number when `name` is a process directory's name: digits, no leading zero.
std::optional<ProcessId> parse_process_id(std::string_view name);

// Every process that /proc shows, ascending.
Result<std::vector<ProcessId>> list_process_ids(FileSystem& kernel);

// "proc/42/stat", as FileSystem wants it.
std::string process_path(ProcessId pid, std::string_view name);

}  // namespace konseki::procfs

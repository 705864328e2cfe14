// /proc/PID/status, proc(5): "Key:<tab>value" lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/linux/procfs/process_id.h"

namespace konseki::procfs {

// Values that a kernel does not write stay absent.
struct ProcessStatus {
  std::optional<ProcessId> thread_group;  // Tgid: differs from the directory for a thread
  std::optional<std::uint32_t> user;      // real
  std::optional<std::uint32_t> effective_user;
  std::optional<std::uint32_t> group;
  std::optional<std::uint32_t> effective_group;
  std::optional<ProcessId> tracer;  // 0 when none
  std::optional<std::uint64_t> threads;
  std::optional<std::uint64_t> resident_bytes;  // absent for kernel threads
  std::optional<std::uint64_t> seccomp;         // 0 off, 1 strict, 2 filter
  std::optional<bool> no_new_privileges;
  std::string effective_capabilities;  // 16 hex digits
  std::string namespace_ids;  // the pid in each nested pid namespace, outermost first: "4021 1"
};

ProcessStatus parse_process_status(std::string_view text);

}  // namespace konseki::procfs

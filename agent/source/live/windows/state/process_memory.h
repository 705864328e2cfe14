// What a process keeps in its own memory: its environment block (PEB) and its modules.
#pragma once

#include <windows.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "konseki/result.h"

namespace konseki::windows_state {

// Everything here can be changed by the process itself. Absent: not readable.
struct ProcessMemory {
  std::optional<std::string> command_line;
  std::string working_directory;
  std::optional<std::uint64_t> image_base;
};

// By the layout of the 64-bit PEB, unchanged since Windows Vista; 32-bit processes on 64-bit
// Windows have one as well. `process` needs PROCESS_QUERY_INFORMATION and PROCESS_VM_READ.
Result<ProcessMemory> read_process_memory(HANDLE process);

// The kernel's copy of the command line (Windows 8.1 and later); kUnsupported elsewhere.
Result<std::string> kernel_command_line(HANDLE process);

// Paths of the modules of both word sizes, in load order.
Result<std::vector<std::string>> list_modules(HANDLE process);

struct ImageMapping {
  std::string file;  // device path; empty: none
  bool is_private = false;
};

// What is mapped at `base`; kNotFound when that is no memory in use.
Result<ImageMapping> mapping_at(HANDLE process, std::uint64_t base);

}  // namespace konseki::windows_state

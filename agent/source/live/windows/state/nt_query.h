// NtQuerySystemInformation and NtQueryInformationProcess, found at run time.
#pragma once

#include <windows.h>

#include <cstddef>
#include <span>
#include <vector>

#include "konseki/result.h"

namespace konseki::windows_state {

// The whole answer to a system information class; grows the buffer until it fits, 64 MiB at most.
Result<std::vector<std::byte>> query_system(int information_class);

// Fills `out`. Answers how many bytes it takes: when that is more than out.size(), nothing of use
// was written and the caller asks again with more.
Result<std::size_t> query_process(HANDLE process, int information_class, std::span<std::byte> out);

}  // namespace konseki::windows_state

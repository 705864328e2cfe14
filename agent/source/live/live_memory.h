// The memory of the processes of the running system.
#pragma once

#include <memory>

#include "konseki/process_memory.h"

namespace konseki {

// Linux: /proc/PID/mem, opened for reading; pages that were never touched or lie in swap are not
// asked for. Windows: ReadProcessMemory over what is committed; of mapped files only what is in the
// working set, so that nothing is brought in from disk for them.
std::unique_ptr<ProcessMemory> open_live_memory();

}  // namespace konseki

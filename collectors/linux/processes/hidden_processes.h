// Processes that are there but that the listing of /proc leaves out.
#pragma once

#include <span>
#include <vector>

#include "collectors/linux/procfs/process_id.h"
#include "konseki/file_system.h"

namespace konseki::processes {

struct HiddenSearch {
  std::vector<procfs::ProcessId> hidden;   // ascending
  std::vector<procfs::ProcessId> started;  // not hidden: began after `listed` was taken
};

// Asks for every /proc/N up to the highest id in use and compares with `listed` (ascending). A
// kernel rootkit that filters directory listings does not, as a rule, refuse the direct look-up.
// Costs one stat per id; ids end at PID_MAX_LIMIT. Threads answer to their own id as well and are
// told apart by Tgid; those of a group that is not listed count as hidden.
HiddenSearch find_hidden_processes(FileSystem& kernel, std::span<const procfs::ProcessId> listed);

}  // namespace konseki::processes

// Programs that the kernel itself starts: whoever sets them runs as root on an everyday event.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/procfs/gap_tally.h"
#include "konseki/file_system.h"
#include "konseki/persistence.h"

namespace konseki::kernel {

// core_pattern with a pipe, modprobe and uevent helpers, poweroff command where they are not the
// usual ones, and every handler of binfmt_misc.
std::vector<PersistenceEntry> read_kernel_helpers(FileSystem& kernel, procfs::GapTally& gaps);

// The program of a core_pattern such as "|/usr/bin/x -p %p"; empty when it is no pipe.
std::string core_pattern_program(std::string_view pattern);

}  // namespace konseki::kernel

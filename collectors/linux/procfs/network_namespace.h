// The network namespaces in use, and a window into each: /proc/PID/net of a process inside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/process_id.h"
#include "konseki/file_system.h"

namespace konseki::procfs {

struct NetworkNamespace {
  std::optional<std::uint64_t> number;  // inode number; absent when even our own is not told
  bool own = false;                     // the one this program runs in
  std::string window;                   // "proc/42/net", ends when process 42 ends
};

// Our own first, then by number. Namespaces without a process (kept by a bind mount or an open
// descriptor only) have no window and are not seen. Processes that may not be looked at are counted
// in `gaps`.
std::vector<NetworkNamespace> list_network_namespaces(FileSystem& kernel, GapTally& gaps);

}  // namespace konseki::procfs

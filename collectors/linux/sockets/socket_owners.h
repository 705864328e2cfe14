// Which processes hold which sockets, by the links in /proc/PID/fd.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "collectors/linux/procfs/gap_tally.h"
#include "collectors/linux/procfs/process_id.h"
#include "konseki/file_system.h"

namespace konseki::sockets {

// A snapshot. 16 bytes a socket and owner, at most kMaxOwned of them.
class SocketOwners {
 public:
  static constexpr std::size_t kMaxOwned = 2'000'000;

  // Looks through every process. What may not be read is counted in `gaps`, and so is the end of
  // the table when there are more sockets than it may hold.
  static SocketOwners read(FileSystem& kernel, procfs::GapTally& gaps);

  // Ascending; empty when nobody shows it.
  std::vector<procfs::ProcessId> owners(std::uint64_t inode) const;
  // The name of a process that owns any socket.
  const std::string& name(procfs::ProcessId pid) const;
  // True when every process could be looked through, so that "no owner" means something.
  bool complete() const { return complete_; }

 private:
  struct Owned {
    std::uint64_t inode;
    procfs::ProcessId pid;
    auto operator<=>(const Owned&) const = default;
  };
  std::vector<Owned> owned_;  // sorted
  std::map<procfs::ProcessId, std::string> names_;
  bool complete_ = true;
};

}  // namespace konseki::sockets

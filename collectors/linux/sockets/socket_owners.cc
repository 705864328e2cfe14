#include "collectors/linux/sockets/socket_owners.h"

#include <algorithm>
#include <optional>

#include "collectors/linux/procfs/link_target.h"
#include "collectors/linux/procfs/pseudo_file.h"

namespace konseki::sockets {

using procfs::ProcessId;

SocketOwners SocketOwners::read(FileSystem& kernel, procfs::GapTally& gaps) {
  SocketOwners table;
  const auto ids = procfs::list_process_ids(kernel);
  if (!ids) {
    gaps.add("/proc", "/proc", ids.error());
    table.complete_ = false;
    return table;
  }
  for (const ProcessId pid : *ids) {
    bool any = false;
    std::optional<Error> withheld;
    const auto listed = kernel.list(procfs::process_path(pid, "fd"), [&](const Entry& entry) {
      if (entry.link_target.empty() && !withheld) withheld = procfs::why_withheld(kernel, entry);
      const auto inode = procfs::bracketed_number(entry.link_target, "socket");
      if (!inode) return WalkAction::kContinue;
      if (table.owned_.size() >= kMaxOwned) {
        table.complete_ = false;
        return WalkAction::kStop;
      }
      any = true;
      table.owned_.push_back({*inode, pid});
      return WalkAction::kContinue;
    });
    if (!listed && listed.error().code != ErrorCode::kNotFound) withheld = listed.error();
    if (withheld) {
      gaps.add("/proc/*/fd", "/" + procfs::process_path(pid, "fd"), *withheld);
      table.complete_ = false;
    }
    if (any) {
      const auto name = procfs::read_value(kernel, procfs::process_path(pid, "comm"));
      table.names_.emplace(pid, name ? *name : std::string());
    }
  }
  if (table.owned_.size() >= kMaxOwned) {
    gaps.add("/proc/*/fd", "/proc",
             Error{ErrorCode::kLimitExceeded,
                   "owners are known of the first " + std::to_string(kMaxOwned) + " sockets only",
                   {}});
  }
  std::ranges::sort(table.owned_);
  table.owned_.erase(std::unique(table.owned_.begin(), table.owned_.end()), table.owned_.end());
  return table;
}

std::vector<ProcessId> SocketOwners::owners(std::uint64_t inode) const {
  std::vector<ProcessId> pids;
  for (auto at = std::ranges::lower_bound(owned_, Owned{inode, 0});
       at != owned_.end() && at->inode == inode; ++at) {
    pids.push_back(at->pid);
  }
  return pids;
}

const std::string& SocketOwners::name(ProcessId pid) const {
  static const std::string kUnknown;
  const auto found = names_.find(pid);
  return found == names_.end() ? kUnknown : found->second;
}

}  // namespace konseki::sockets

#include "collectors/linux/processes/hidden_processes.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/process_status.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::processes {
namespace {

using procfs::ProcessId;

// More than this many at once is a broken view, not a rootkit.
constexpr std::size_t kMaxFound = 65536;

// The id given out last is the fifth word of loadavg. Ids rise until they wrap, so that either it
// or the highest listed one is the highest in use.
ProcessId highest_id(FileSystem& kernel, std::span<const ProcessId> listed) {
  ProcessId highest = listed.empty() ? 0 : listed.back();
  if (const auto load = procfs::read_value(kernel, "proc/loadavg")) {
    std::string_view rest = *load;
    for (int i = 0; i < 4; ++i) procfs::next_field(rest);
    if (const auto last = parse_number<ProcessId>(procfs::next_field(rest))) {
      highest = std::max(highest, *last);
    }
  }
  return std::min(highest, procfs::kMaxProcessId);
}

bool contains(std::span<const ProcessId> sorted, ProcessId id) {
  return std::ranges::binary_search(sorted, id);
}

// The process that `id`, a process or a thread, belongs to; absent when it is gone.
std::optional<ProcessId> group_of(FileSystem& kernel, ProcessId id) {
  const auto status = procfs::read_pseudo_file(kernel, procfs::process_path(id, "status"));
  if (status) return procfs::parse_process_status(status->text).thread_group.value_or(id);
  // The directory answers but not its files: still something that is there.
  return kernel.stat(procfs::process_path(id, "")) ? std::optional(id) : std::nullopt;
}

}  // namespace

HiddenSearch find_hidden_processes(FileSystem& kernel, std::span<const ProcessId> listed) {
  std::set<ProcessId> unlisted;
  const ProcessId highest = highest_id(kernel, listed);
  std::string path = "proc/";
  for (ProcessId id = 1; id <= highest && unlisted.size() < kMaxFound; ++id) {
    if (contains(listed, id)) continue;
    path.resize(5);
    path += std::to_string(id);
    if (!kernel.stat(path)) continue;
    const auto group = group_of(kernel, id);
    if (group && !contains(listed, *group)) unlisted.insert(*group);
  }

  HiddenSearch search;
  if (unlisted.empty()) return search;
  const auto again = procfs::list_process_ids(kernel);
  if (!again) return search;
  for (const ProcessId id : unlisted) {
    if (contains(*again, id)) {
      search.started.push_back(id);
    } else if (kernel.stat(procfs::process_path(id, "")).has_value()) {
      // There before the second listing and after it, yet not in it.
      search.hidden.push_back(id);
    }
  }
  return search;
}

}  // namespace konseki::processes

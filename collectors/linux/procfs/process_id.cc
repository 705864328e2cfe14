#include "collectors/linux/procfs/process_id.h"

#include <algorithm>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {

std::optional<ProcessId> parse_process_id(std::string_view name) {
  if (name.empty() || name.front() < '1' || name.front() > '9') return std::nullopt;
  return parse_number<ProcessId>(name);
}

Result<std::vector<ProcessId>> list_process_ids(FileSystem& kernel) {
  std::vector<ProcessId> ids;
  KONSEKI_TRY(kernel.list("proc", [&ids](const Entry& entry) {
    if (const auto id = parse_process_id(entry.name())) ids.push_back(*id);
    return WalkAction::kContinue;
  }));
  std::ranges::sort(ids);
  return ids;
}

std::string process_path(ProcessId pid, std::string_view name) {
  std::string path = "proc/" + std::to_string(pid);
  if (!name.empty()) path += '/';
  path += name;
  return path;
}

}  // namespace konseki::procfs

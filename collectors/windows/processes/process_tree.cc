#include "collectors/windows/processes/process_tree.h"

#include <string>

#include "agent/base/unicode.h"

namespace konseki::windows {

ProcessTree::ProcessTree(std::span<const WindowsProcess> processes) {
  for (const WindowsProcess& process : processes) {
    by_pid_[process.pid] = &process;
    ++by_name_[fold_case(process.name)];
  }
}

const WindowsProcess* ProcessTree::parent_of(const WindowsProcess& process) const {
  const auto found = by_pid_.find(process.parent_pid);
  if (found == by_pid_.end() || found->second == &process) return nullptr;
  const WindowsProcess* parent = found->second;
  // The kernel's own (idle, System) have no start of use.
  const bool reused = parent->started && process.started && *parent->started > *process.started;
  return reused ? nullptr : parent;
}

std::size_t ProcessTree::count(std::string_view name) const {
  const auto found = by_name_.find(fold_case(name));
  return found == by_name_.end() ? 0 : found->second;
}

}  // namespace konseki::windows

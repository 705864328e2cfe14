// ProcessTree: who started whom, among the processes of one listing.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

#include "konseki/windows_state.h"

namespace konseki::windows {

// Keeps pointers: the listing must outlive it and stay where it is.
class ProcessTree {
 public:
  explicit ProcessTree(std::span<const WindowsProcess> processes);

  // Null when the parent has ended. Windows keeps only its number, which another process may have
  // by now: one that began after its supposed child is not taken for its parent.
  const WindowsProcess* parent_of(const WindowsProcess& process) const;
  // How many processes have this file name, case-blind.
  std::size_t count(std::string_view name) const;

 private:
  std::map<std::uint32_t, const WindowsProcess*> by_pid_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

}  // namespace konseki::windows

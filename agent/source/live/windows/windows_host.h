// WindowsHost: the volatile side of the running Windows.
#pragma once

#include <memory>

#include "konseki/live_host.h"
#include "konseki/windows_state.h"

namespace konseki {

class WindowsHost : public LiveHost {
 public:
  // `privileged`: administrator rights, and the disks could be opened raw.
  explicit WindowsHost(bool privileged);

  FileSystem& kernel() override { return *kernel_; }  // empty: Windows has no such tree
  Result<ClockState> clock() override;
  Result<std::vector<BpfProgram>> bpf_programs() override;
  bool privileged() const override { return privileged_; }
  std::uint32_t own_process_id() const override;
  WindowsState* windows() override { return state_.get(); }

 private:
  std::unique_ptr<FileSystem> kernel_;
  std::unique_ptr<WindowsState> state_;
  bool privileged_;
};

// Runs with administrator rights that are in force (not merely a member of the group).
bool is_elevated();

// Switches on a privilege that our token has; false when it has none of that name.
bool enable_privilege(const wchar_t* name);

}  // namespace konseki

// LinuxHost: the volatile side of the running Linux system.
#pragma once

#include <memory>

#include "agent/source/live/local_tree.h"
#include "konseki/live_host.h"

namespace konseki {

class LinuxHost : public LiveHost {
 public:
  static Result<std::unique_ptr<LinuxHost>> open_host();

  FileSystem& kernel() override { return *kernel_; }
  Result<ClockState> clock() override;
  Result<std::vector<BpfProgram>> bpf_programs() override;
  bool privileged() const override { return privileged_; }
  std::uint32_t own_process_id() const override;

 private:
  explicit LinuxHost(std::unique_ptr<LocalTree> kernel);

  std::unique_ptr<LocalTree> kernel_;
  bool privileged_;
};

// Root with the capabilities that open every file and process, from the text of
// /proc/self/status: a container's root often lacks them.
bool is_privileged(std::string_view status);

}  // namespace konseki

// GoldenLiveHost: a golden case's tree posing as the running system's "/".
#pragma once

#include <string>

#include "konseki/live_host.h"
#include "tests/support/memory_file_system.h"

namespace konseki::testing {

// `live_json` may hold {"now","boot","time_zone","utc_offset_seconds","synchronised",
// "estimated_error_microseconds","privileged","own_process_id","bpf_programs":[{"id","type",
// "name","tag","uid","loaded"}]}. Without "bpf_programs" bpf_programs() is PermissionDenied.
class GoldenLiveHost : public LiveHost {
 public:
  GoldenLiveHost(MemoryFileSystem& kernel, const std::string& live_json);

  FileSystem& kernel() override { return kernel_; }
  Result<ClockState> clock() override { return clock_; }
  Result<std::vector<BpfProgram>> bpf_programs() override { return programs_; }
  bool privileged() const override { return privileged_; }
  std::uint32_t own_process_id() const override { return own_process_id_; }

 private:
  MemoryFileSystem& kernel_;
  ClockState clock_;
  Result<std::vector<BpfProgram>> programs_;
  bool privileged_ = true;
  std::uint32_t own_process_id_ = 0;
};

}  // namespace konseki::testing

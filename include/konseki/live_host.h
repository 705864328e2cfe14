// LiveHost: the volatile side of a running system, behind an interface so that tests can fake it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "konseki/file_system.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

// The clock as found. Taken at the start and at the end of a run (RFC 3227).
struct ClockState {
  Timestamp now;
  Timestamp boot;
  std::string time_zone;  // IANA name when known
  std::int32_t utc_offset_seconds = 0;
  bool synchronised = false;  // the kernel's own word (adjtimex); meaningless if !sync_known
  bool sync_known = false;
  std::int64_t estimated_error_microseconds = 0;
};

// One loaded eBPF program, as the kernel lists it.
struct BpfProgram {
  std::uint32_t id = 0;
  std::string type;  // "kprobe", "xdp", ...; "type_<n>" for unknown numbers
  std::string name;
  std::string tag;  // hex
  std::uint32_t uid = 0;
  Timestamp loaded;
};

class WindowsState;

class LiveHost {
 public:
  virtual ~LiveHost() = default;

  // "/" with every mount, /proc and /sys included: what volatile collectors read. open() follows
  // the kernel's magic links (/proc/PID/exe). Files of the bundle never come from here, but for
  // deleted executables.
  virtual FileSystem& kernel() = 0;
  virtual Result<ClockState> clock() = 0;
  // PermissionDenied without the needed capability; Unsupported where the kernel lacks it.
  virtual Result<std::vector<BpfProgram>> bpf_programs() = 0;
  // True when nothing readable is withheld for want of rights (root, administrator).
  virtual bool privileged() const = 0;
  // The id of our own process, so that its traces can be told apart.
  virtual std::uint32_t own_process_id() const = 0;
  // What only Windows has (konseki/windows_state.h); null on other systems. Owned by the host.
  virtual WindowsState* windows() { return nullptr; }
};

}  // namespace konseki

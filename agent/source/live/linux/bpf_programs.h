// The eBPF programs loaded in this kernel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "konseki/live_host.h"
#include "konseki/result.h"

namespace konseki {

// In order of id. PermissionDenied without CAP_SYS_ADMIN (or CAP_BPF); Unsupported where the
// kernel has no bpf(2).
Result<std::vector<BpfProgram>> read_bpf_programs();

std::string bpf_type_name(std::uint32_t type);

}  // namespace konseki

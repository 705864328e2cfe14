// What konseki/run.json says about the evidence a bundle was made from.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "konseki/file_system.h"
#include "konseki/host.h"
#include "konseki/source.h"

namespace konseki {

struct RunRecord {
  std::optional<HostFacts> host;
  std::vector<VolumeInfo> volumes;
  std::vector<VolumeDetail> details;
  std::vector<UnreadableVolume> unreadable;
};

// Damaged or missing parts stay empty.
RunRecord parse_run_record(std::string_view json);

}  // namespace konseki

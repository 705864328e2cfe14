// The volumes of this machine as Windows lists them, for plan_volumes().
#pragma once

#include <string>
#include <vector>

#include "agent/source/live/volume_plan.h"

namespace konseki {

// Local volumes with and without a letter, then network drives. `own_paths` (this program, its
// output) tell which volumes are the responder's own. What Windows does not tell stays empty.
std::vector<HostVolume> list_volumes(const std::vector<std::string>& own_paths);

}  // namespace konseki

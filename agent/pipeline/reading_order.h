// In which order the files of a run are read.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "konseki/artifact.h"

namespace konseki {

// Core artifacts of all volumes come first, then the other files of these; shadow copies follow,
// one after the other, each with its core artifacts first. So a run that ends early (--max-time, a
// full stick, Ctrl-C) holds what matters most. Equals keep their order, which is that of the
// medium.
void put_in_reading_order(std::vector<ResolvedItem>& items,
                          const std::function<bool(std::size_t volume)>& is_snapshot);

}  // namespace konseki

// MinerMatcher: coin miners by what they do: commands, configurations, processes, start-up entries.
#pragma once

#include <memory>

#include "agent/match/miner/miner_data.h"
#include "konseki/matcher.h"

namespace konseki {

// T1496. One finding a file, process or start-up entry, made in finish() of all signs that were
// seen on it.
std::unique_ptr<Matcher> make_miner_matcher(std::shared_ptr<const MinerData> data);

}  // namespace konseki

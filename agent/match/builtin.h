// The matchers that need no rules from outside: what the program knows by itself.
#pragma once

#include <memory>
#include <vector>

#include "agent/match/miner/miner_data.h"
#include "konseki/matcher.h"

namespace konseki {

// Fresh instances; one set serves one run over one Source. `miners`: pools, names and ports.
std::vector<std::unique_ptr<Matcher>> make_builtin_matchers(
    std::shared_ptr<const MinerData> miners);

}  // namespace konseki

// The indicators of a compiled index one by one, each with all that it lists.
#pragma once

#include <functional>
#include <vector>

#include "agent/match/indicators/index.h"
#include "konseki/finding.h"

namespace konseki {

// Calls `use` for every indicator in the order of their numbers, those that list nothing (refused
// ones, older versions) left out. `listed`: values, expressions, patterns ("stix-pattern") and
// rules ("yara"), sorted. Values without an id each get made_indicator_id(). kCorrupt when the
// index turns out to be damaged.
Result<void> each_indicator(
    const IndicatorIndex& index,
    const std::function<void(IndicatorInfo&& info, std::vector<Observable>&& listed)>& use);

}  // namespace konseki

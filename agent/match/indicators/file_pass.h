// What indicators say of a file by itself: its digests, name, path and facts.
#pragma once

#include "agent/match/indicators/indicator_search.h"

namespace konseki {

// Emits one finding at most.
void match_file(IndicatorSearch& search, const MatchFile& file, FindingSink& sink);

}  // namespace konseki

// What indicators say of the memory of a running process: addresses that stand in it.
#pragma once

#include "agent/match/indicators/indicator_search.h"

namespace konseki {

// An indicator counts once for each process, at the lowest address where it stands. Of more than
// kMostInProcess indicators the rest is left out, which is a gap.
void match_memory(IndicatorSearch& search, const MatchProcess& process, ByteReader& memory,
                  FindingSink& sink);

inline constexpr std::size_t kMostInProcess = 1'000;

}  // namespace konseki

// What indicators say of a file's content: addresses that stand in it, the functions it imports.
#pragma once

#include "agent/match/indicators/indicator_search.h"

namespace konseki {

void match_content(IndicatorSearch& search, const MatchFile& file, ByteReader& content,
                   FindingSink& sink);

}  // namespace konseki

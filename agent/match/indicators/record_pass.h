// What indicators say of a record, field by field, each by what it means.
#pragma once

#include "agent/match/indicators/indicator_search.h"

namespace konseki {

// Notes what it sees in `search.sightings`; `sink` gets what could not be decided.
void match_record(IndicatorSearch& search, const Record& record, FindingSink& sink);

}  // namespace konseki

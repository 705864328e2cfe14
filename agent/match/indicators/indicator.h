// Indicator: a pattern and where it comes from, for matching observed data.
#pragma once

#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/stix/pattern.h"

namespace konseki {

struct Indicator {
  IndicatorInfo info;
  stix::Pattern pattern;
};

}  // namespace konseki

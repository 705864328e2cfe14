// CollectionResult: what came of one run.
#pragma once

#include <optional>
#include <string>

#include "agent/pipeline/counts.h"
#include "agent/pipeline/match_summary.h"
#include "konseki/live_host.h"

namespace konseki {

struct CollectionResult {
  Counts counts;
  bool interrupted = false;  // by the user
  bool out_of_time = false;  // by limits.max_time
  std::optional<ClockState> clock_end;
  std::optional<MatchSummary> matching;  // where somebody looked
};

// The trailer of the manifest: counts, end, clock at the end, what was matched.
std::string trailer_json(const CollectionResult& result, int exit_code);

}  // namespace konseki

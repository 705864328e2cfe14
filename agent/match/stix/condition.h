// Whether one Observation fits what stands between [ and ].
#pragma once

#include "agent/match/stix/observation.h"
#include "agent/match/stix/pattern.h"
#include "konseki/result.h"

namespace konseki::stix {

// True when one object of the observation makes all of `condition` true (section 9.6: every
// comparison starts from the same object). kLimitExceeded when an expression of MATCHES could not
// be decided on some text, or the graph is too large to follow. No allocation outlives the call.
Result<bool> fits(const Condition& condition, const Observation& observation);

}  // namespace konseki::stix

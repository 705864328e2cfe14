// One comparison on one value.
#pragma once

#include "agent/match/stix/pattern.h"
#include "agent/match/stix/value.h"
#include "konseki/result.h"

namespace konseki::stix {

// What `comparison` says of a value that its path reached, NOT included (section 9.6.1). Types that
// cannot be compared give false, for != true. kExists is true for every value.
Result<bool> value_fits(const Comparison& comparison, const Value& value);

}  // namespace konseki::stix

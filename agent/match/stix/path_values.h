// What an object path reaches.
#pragma once

#include <vector>

#include "agent/match/stix/observation.h"
#include "agent/match/stix/pattern.h"
#include "konseki/result.h"

namespace konseki::stix {

// Every value that `path` reaches from `root`, each once: many where [*] stands in it, none where
// a property is missing or an index is out of range. A _ref or _refs property that a further step
// follows is looked up in `observation` alone. [*] on a dictionary is any of its values.
// `allowance` is what lists may still fan out to; kLimitExceeded when it is spent.
Result<std::vector<const Value*>> path_values(const ObjectPath& path, const ObservedObject& root,
                                              const Observation& observation,
                                              std::size_t& allowance);

}  // namespace konseki::stix

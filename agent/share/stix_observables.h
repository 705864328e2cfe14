// STIX cyber-observable objects of what was seen.
#pragma once

#include <string>
#include <vector>

#include "agent/share/shared_findings.h"
#include "agent/share/stix_id.h"

namespace konseki {

// The objects of one finding, those first that others refer to; `refs` names those that the
// observed-data is about (all of them: 4.14 wants whatever is referred to as well). Empty where
// STIX has no object for it.
struct StixObservables {
  std::vector<StixObject> objects;
  std::vector<std::string> refs;
};
StixObservables stix_observables(const SharedFinding& shared);

}  // namespace konseki

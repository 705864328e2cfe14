// The optional JSON files of a golden case: host.json, options.json, facts.json, live.json.
#pragma once

#include <string>

#include "tests/support/golden.h"

namespace konseki::testing {

// Reads them from `folder` into the evidence. kInvalidArgument names what is wrong.
Result<void> apply_golden_facts(const std::string& folder, GoldenEvidence& evidence);

}  // namespace konseki::testing

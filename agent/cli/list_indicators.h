// konseki list indicators: what feeds hold, by type, and what of them is not used and why.
#pragma once

#include "agent/cli/arguments.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

// Reads the paths behind "indicators"; prints to stdout. Answers the exit code: 1 when a file could
// not be used or something in one was rejected.
Result<int> list_indicators(const Arguments& arguments, Language language);

}  // namespace konseki

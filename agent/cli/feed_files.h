// Feeds of indicators that the user names.
#pragma once

#include <string>
#include <vector>

#include "agent/match/indicators/feed.h"
#include "konseki/result.h"

namespace konseki {

// Each file, and every regular file below each folder, sorted by path. Errors: a path that does not
// exist or cannot be listed.
Result<std::vector<FeedInput>> feed_inputs(const std::vector<std::string>& paths);

}  // namespace konseki

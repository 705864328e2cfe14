// Part of verify: the zstd frames and the tables behind them.
#pragma once

#include <vector>

#include "agent/bundle/content_reader.h"
#include "agent/bundle/verify_rows.h"

namespace konseki {

// After all content was read through `content`, which collected digests. `members` in the order
// of the tar, for naming what a damaged frame holds.
Result<void> verify_container(ContentReader& content, const std::vector<VerifiedMember>& members,
                              VerifyReport& report);

}  // namespace konseki

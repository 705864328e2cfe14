// GapTally with the advice that helps on Linux, and why links of /proc read as empty.
#pragma once

#include <optional>

#include "collectors/live/gap_tally.h"

namespace konseki::procfs {

class GapTally : public live::GapTally {
 public:
  GapTally();
};

// Why the target of a link such as exe or fd/3 reads as empty; absent when the thing is gone, which
// is no failure.
std::optional<Error> why_withheld(FileSystem& kernel, const Entry& link);

}  // namespace konseki::procfs

// Offers arbitrary bytes to everything of agent/seal that reads: the fuzz targets and their
// always-on sibling call these.
#pragma once

#include <cstddef>
#include <span>

namespace konseki::testing {

// As an age header, key files, signatures, key lines and custody logs. What parses is written
// again and must parse as the same.
void offer_seal_text(std::span<const std::byte> bytes);

// As a whole age file and as the payload behind a header that is right, read and salvaged.
void offer_age_file(std::span<const std::byte> bytes);

}  // namespace konseki::testing

// Which parts of a file with holes are worth storing.
#pragma once

#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

// Holes below this in sum cost next to nothing as zeros, and 7-Zip does not extract sparse
// members rightly.
inline constexpr std::uint64_t kLeastHoles = 16 * 1024 * 1024;

// MemberHeader::data for the content: ascending ranges in whole blocks, near ones joined so that
// the map stays small. Empty when all of it is to be stored.
std::vector<ByteRange> stored_ranges(ByteReader& content);

}  // namespace konseki

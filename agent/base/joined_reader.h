// JoinedReader: several byte sources one after another, read as one.
#pragma once

#include <memory>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

// The parts in order as one run of bytes; the part itself where there is only one. At least one.
// Thread-safe where the parts are.
std::unique_ptr<ByteReader> join_parts(std::vector<std::unique_ptr<ByteReader>> parts);

}  // namespace konseki

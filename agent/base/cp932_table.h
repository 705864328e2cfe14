// Data of cp932.cc.
#pragma once

#include <array>

namespace konseki {

// Lead bytes 81 to 9F and E0 to EF, FA to FC; nullptr for a row without characters.
extern const std::array<const char16_t*, 50> kCp932Rows;

}  // namespace konseki

// Text of the evidence as a part of a file's name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace konseki {

// Letters of ASCII, digits, '-', '_' and '.' (not in front) of the first `most` bytes, '_' for
// anything else; `fallback` where there is nothing.
std::string name_part(std::string_view text, std::size_t most, std::string_view fallback);

}  // namespace konseki

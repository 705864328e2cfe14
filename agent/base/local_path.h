// Paths of this machine, as its users write them.
#pragma once

#include <string_view>

namespace konseki {

// What separates the parts of such a path: Windows takes both slashes, and the colon of a drive.
#ifdef _WIN32
inline constexpr std::string_view kPathSeparators = "/\\:";
#else
inline constexpr std::string_view kPathSeparators = "/";
#endif

}  // namespace konseki

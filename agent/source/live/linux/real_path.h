// Absolute paths without links, of what exists and of what is about to.
#pragma once

#include <string>

#include "konseki/result.h"

namespace konseki {

// realpath(3).
Result<std::string> real_path(const std::string& path);

// The same for a path whose last components may not exist yet: they are kept as they are.
std::string real_path_of_future(const std::string& path);

}  // namespace konseki

// errno of a failed look at evidence, as an Error.
#pragma once

#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki {

// "what: No such file or directory" with the kind that `number` (an errno value) stands for.
Error read_error(int number, std::string_view what);

}  // namespace konseki

// Output: where reports and timelines go, piece by piece.
#pragma once

#include <functional>
#include <string_view>

#include "konseki/result.h"

namespace konseki {

// Takes the next piece of text. An error (full disk, closed pipe) ends the work and is passed on.
using Output = std::function<Result<void>(std::string_view)>;

}  // namespace konseki

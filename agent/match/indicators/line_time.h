// The time that a line of a log states.
#pragma once

#include <optional>
#include <string_view>

#include "konseki/time.h"

namespace konseki {

// RFC 3339 or ISO 8601 with "Z" or an offset, "[10/Oct/2025:13:55:36 +0900]" of web servers, or
// seconds since 1970 at the very start. The first that is found in the first 512 bytes. Times
// without a zone or a year are not guessed at.
std::optional<Timestamp> line_time(std::string_view line);

}  // namespace konseki

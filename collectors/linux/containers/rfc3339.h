// Times as container runtimes write them in JSON, RFC 3339.
#pragma once

#include <optional>
#include <string_view>

#include "konseki/time.h"

namespace konseki::containers {

// "2026-01-02T03:04:05.123456789+09:00". Absent when it is not of that form, or is the year 1 that
// Go writes for "never".
std::optional<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace konseki::containers

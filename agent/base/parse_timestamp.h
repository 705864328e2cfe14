// Timestamps as bundles write them, read back.
#pragma once

#include <optional>
#include <string_view>

#include "konseki/time.h"

namespace konseki {

// Reads exactly what Timestamp::iso8601() writes: "2026-08-15T02:25:25.123456700Z".
std::optional<Timestamp> parse_timestamp(std::string_view text);

}  // namespace konseki

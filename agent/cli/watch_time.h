// The time that a person reads off a watch and types.
#pragma once

#include <optional>
#include <string_view>

#include "konseki/time.h"

namespace konseki {

// "2026-11-21T09:00:00+09:00", "2026-11-21 00:00:00Z": date, time of day to the second, and the
// zone, without which the moment would be a guess. Nothing for anything else.
std::optional<Timestamp> parse_watch_time(std::string_view text);

}  // namespace konseki

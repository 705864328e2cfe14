// Instants of STIX: nanoseconds since 1970 over the whole range of years that RFC 3339 can write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "konseki/time.h"

namespace konseki::stix {

// 128 bits, since years 0000 to 9999 in nanoseconds do not fit 64.
__extension__ typedef __int128 Instant;

inline constexpr Instant kNanosPerSecond = 1'000'000'000;
// Before and after every instant that can be written; sums of two stay far inside the type.
inline constexpr Instant kDistantPast = -(Instant{1} << 80);
inline constexpr Instant kDistantFuture = Instant{1} << 80;

// A timestamp as STIX writes it (RFC 3339 with capital T and Z): "2016-06-01T01:30:00.123Z". The
// calendar is checked; second 60 is the first of the next minute; digits behind the ninth of a
// fraction are dropped. Nothing for every other text.
std::optional<Instant> parse_instant(std::string_view text);

// For showing; outside the years 0000 to 9999 clamped as Timestamp does.
Timestamp to_timestamp(Instant instant);

}  // namespace konseki::stix

// Timestamps as bundles write them, read back, and in the spellings of other tools and of people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/parse_timestamp.h"
#include "konseki/time.h"

namespace konseki {

// ISO 8601 as Timesketch takes it: "2026-08-15T02:25:25.123456+00:00".
std::string timesketch_datetime(const Timestamp& time);

// Microseconds since 1970, rounded down; clamped to what 64 bits hold.
std::int64_t unix_microseconds(const Timestamp& time);

// "2026-08-15 02:25:25" at `offset_seconds` east of UTC; the zone's name is the caller's to add.
std::string clock_text(const Timestamp& time, std::int32_t offset_seconds = 0);

// "+09:00".
std::string offset_text(std::int32_t offset_seconds);

// Days since 1970-01-01, rounded down.
std::int64_t day_of(const Timestamp& time);
std::string day_text(std::int64_t day);  // "2026-08-15"

}  // namespace konseki

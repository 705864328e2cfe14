// LocalTime: the wall clock of the evidence's own machine as UTC.
// POSIX.1-2017 8.3 (TZ)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "konseki/time.h"

namespace konseki {

// Seconds since 1970-01-01T00:00:00 of a date of the Gregorian calendar and a time of day, both
// without a zone. Nothing for what no calendar or clock shows (second 60 is one).
std::optional<std::int64_t> civil_seconds(std::int64_t year, unsigned month, unsigned day,
                                          unsigned hour, unsigned minute, unsigned second);

// A zone's rule as it holds now; older laws are not known. Immutable; safe to share.
class LocalTime {
 public:
  // UTC.
  LocalTime() = default;
  // "JST-9", "CET-1CEST,M3.5.0,M10.5.0/3", "<+09>-9". Nothing when it is no such rule.
  static std::optional<LocalTime> from_rule(std::string_view rule);

  // `local`: civil_seconds() of what the wall clock showed. Of an hour that came twice the first
  // is meant.
  Timestamp to_utc(std::int64_t local, std::int32_t nanoseconds = 0) const;

 private:
  struct Change {
    enum class Kind : std::uint8_t { kWeekday, kDayWithoutLeap, kDay } kind = Kind::kDay;
    int month = 0;
    int week = 0;  // 5: the last
    int day = 0;   // of the week, or of the year
    int seconds = 7200;

    // civil_seconds() of the change in a year, by the clock before it.
    std::int64_t in_year(std::int64_t year) const;
  };
  class Reader;

  std::int64_t offset_ = 0;  // seconds to add to local time for UTC
  std::optional<std::int64_t> summer_offset_;
  Change summer_begins_;
  Change summer_ends_;
};

}  // namespace konseki

// Timestamp: a point in time as evidence states it, UTC, with nanoseconds.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace konseki {

// Seconds and nanoseconds since 1970-01-01T00:00:00Z, leap seconds ignored as in POSIX.
// Wide enough for FILETIME (1601) and ext4 (2446); `nanoseconds` is always 0..999'999'999.
struct Timestamp {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;

  auto operator<=>(const Timestamp&) const = default;

  // 100 ns ticks since 1601-01-01T00:00:00Z [MS-DTYP 2.3.3].
  static Timestamp from_filetime(std::uint64_t ticks);
  static Timestamp from_unix(std::int64_t seconds, std::int32_t nanoseconds = 0) {
    return {seconds, nanoseconds};
  }
  static Timestamp from_unix_microseconds(std::int64_t microseconds);

  // ISO 8601 in UTC, e.g. "2026-08-15T02:25:25.123456700Z"; always nine decimals, so that text
  // order is time order. Years outside 0000..9999 are clamped to that range.
  static constexpr std::size_t kIso8601Size = 30;
  std::string iso8601() const;
  void put_iso8601(std::span<char, kIso8601Size> out) const;
};

}  // namespace konseki

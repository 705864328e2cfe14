#include "konseki/time.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace konseki {
namespace {

constexpr std::int64_t kFiletimeEpoch = 11'644'473'600;  // seconds from 1601 to 1970
constexpr std::int64_t kYear0 = -62'167'219'200;         // 0000-01-01T00:00:00Z
constexpr std::int64_t kYear9999End = 253'402'300'799;   // 9999-12-31T23:59:59Z

// "00" to "99", two characters a number.
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (int i = 0; i < 100; ++i) {
    pairs[static_cast<std::size_t>(2 * i)] = static_cast<char>('0' + i / 10);
    pairs[static_cast<std::size_t>(2 * i + 1)] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Two digits at `out`; answers what follows them.
char* put_pair(char* out, std::uint64_t value) {
  std::memcpy(out, &kPairs[value * 2], 2);
  return out + 2;
}

}  // namespace

Timestamp Timestamp::from_filetime(std::uint64_t ticks) {
  return {static_cast<std::int64_t>(ticks / 10'000'000) - kFiletimeEpoch,
          static_cast<std::int32_t>(ticks % 10'000'000) * 100};
}

Timestamp Timestamp::from_unix_microseconds(std::int64_t microseconds) {
  std::int64_t whole = microseconds / 1'000'000;
  std::int64_t rest = microseconds % 1'000'000;
  if (rest < 0) {
    rest += 1'000'000;
    --whole;
  }
  return {whole, static_cast<std::int32_t>(rest) * 1000};
}

void Timestamp::put_iso8601(std::span<char, kIso8601Size> out) const {
  std::int64_t clamped = std::clamp(seconds, kYear0, kYear9999End);
  // Days to civil date, after Howard Hinnant's published algorithm, shifted to start in March.
  std::int64_t days = clamped / 86'400;
  std::int64_t second_of_day = clamped % 86'400;
  if (second_of_day < 0) {
    second_of_day += 86'400;
    --days;
  }
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<std::uint64_t>(days - era * 146'097);
  const std::uint64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t month_index = (5 * day_of_year + 2) / 153;
  const std::uint64_t day = day_of_year - (153 * month_index + 2) / 5 + 1;
  const std::uint64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
  const std::int64_t year =
      static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);

  char* at = put_pair(out.data(), static_cast<std::uint64_t>(year) / 100);
  at = put_pair(at, static_cast<std::uint64_t>(year) % 100);
  *at++ = '-';
  at = put_pair(at, month);
  *at++ = '-';
  at = put_pair(at, day);
  *at++ = 'T';
  at = put_pair(at, static_cast<std::uint64_t>(second_of_day / 3600));
  *at++ = ':';
  at = put_pair(at, static_cast<std::uint64_t>(second_of_day / 60 % 60));
  *at++ = ':';
  at = put_pair(at, static_cast<std::uint64_t>(second_of_day % 60));
  *at++ = '.';
  const auto nanos = static_cast<std::uint64_t>(std::clamp(nanoseconds, 0, 999'999'999));
  *at++ = static_cast<char>('0' + nanos / 100'000'000);
  at = put_pair(at, nanos / 1'000'000 % 100);
  at = put_pair(at, nanos / 10'000 % 100);
  at = put_pair(at, nanos / 100 % 100);
  at = put_pair(at, nanos % 100);
  *at = 'Z';
}

std::string Timestamp::iso8601() const {
  std::string out(kIso8601Size, '\0');
  put_iso8601(std::span<char, kIso8601Size>(out));
  return out;
}

}  // namespace konseki

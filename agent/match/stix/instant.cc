#include "agent/match/stix/instant.h"

#include <algorithm>
#include <array>

#include "agent/base/parse_timestamp.h"

namespace konseki::stix {
namespace {

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

int two_digits(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  constexpr std::size_t kWhole = 19;  // "2016-06-01T01:30:00"
  if (text.size() <= kWhole || !text.ends_with('Z')) return std::nullopt;
  std::string_view fraction = text.substr(kWhole, text.size() - kWhole - 1);
  if (!fraction.empty()) {
    if (fraction.front() != '.' || fraction.size() == 1) return std::nullopt;
    fraction.remove_prefix(1);
    if (!all_digits(fraction)) return std::nullopt;
  }
  std::string full(text.substr(0, kWhole));
  const bool leap_second = full.ends_with(":60");
  if (leap_second) full.replace(kWhole - 2, 2, "59");
  full += '.';
  for (std::size_t i = 0; i < 9; ++i) full += i < fraction.size() ? fraction[i] : '0';
  full += 'Z';
  const auto time = parse_timestamp(full);
  if (!time) return std::nullopt;
  const int year = two_digits(full, 0) * 100 + two_digits(full, 2);
  if (two_digits(full, 8) > days_in_month(year, two_digits(full, 5))) return std::nullopt;
  return (time->seconds + (leap_second ? 1 : 0)) * kNanosPerSecond + time->nanoseconds;
}

Timestamp to_timestamp(Instant instant) {
  Instant seconds = instant / kNanosPerSecond;
  Instant rest = instant % kNanosPerSecond;
  if (rest < 0) {
    rest += kNanosPerSecond;
    --seconds;
  }
  return {static_cast<std::int64_t>(seconds), static_cast<std::int32_t>(rest)};
}

}  // namespace konseki::stix

#include <array>
#include <charconv>
#include <chrono>

#include "collectors/windows/scheduled_tasks/task.h"

namespace konseki::windows {
namespace {

// Takes exactly `width` digits and the separator after them ('\0': none) off the front.
std::optional<int> take_number(std::string_view& text, std::size_t width, char separator) {
  int number = 0;
  if (text.size() < width) return std::nullopt;
  const auto parsed = std::from_chars(text.data(), text.data() + width, number);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + width || number < 0) {
    return std::nullopt;
  }
  text.remove_prefix(width);
  if (separator == '\0') return number;
  if (!text.starts_with(separator)) return std::nullopt;
  text.remove_prefix(1);
  return number;
}

// Fraction digits after the dot, as nanoseconds; further digits are dropped.
std::int32_t take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  std::int32_t nanoseconds = 0;
  std::int32_t unit = 100'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    nanoseconds += (text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return nanoseconds;
}

// Seconds east of UTC.
std::optional<int> parse_zone(std::string_view zone) {
  if (zone == "Z") return 0;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  std::string_view rest = zone.substr(1);
  const auto hours = take_number(rest, 2, ':');
  const auto minutes = hours ? take_number(rest, 2, '\0') : std::nullopt;
  if (!minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}

}  // namespace

std::optional<Timestamp> parse_zoned_time(std::string_view text) {
  static constexpr std::array<std::pair<std::size_t, char>, 6> kParts = {
      {{4, '-'}, {2, '-'}, {2, 'T'}, {2, ':'}, {2, ':'}, {2, '\0'}}};
  std::array<int, 6> part{};
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    const auto number = take_number(text, kParts[i].first, kParts[i].second);
    if (!number) return std::nullopt;
    part[i] = *number;
  }
  const std::int32_t nanoseconds = take_fraction(text);
  const auto zone = parse_zone(text);
  const std::chrono::year_month_day day{std::chrono::year{part[0]},
                                        std::chrono::month{static_cast<unsigned>(part[1])},
                                        std::chrono::day{static_cast<unsigned>(part[2])}};
  if (!zone || !day.ok() || part[3] > 23 || part[4] > 59 || part[5] > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
  return Timestamp::from_unix(days * 86400 + part[3] * 3600 + part[4] * 60 + part[5] - *zone,
                              nanoseconds);
}

}  // namespace konseki::windows

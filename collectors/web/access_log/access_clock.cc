#include <charconv>

#include "collectors/web/access_log/access_format.h"

namespace konseki {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

// Days since 1970-01-01 of a date of the Gregorian calendar.
std::int64_t days_of(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<std::int64_t>(year - era * 400);
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> seconds_of(std::optional<unsigned> year, std::optional<unsigned> month,
                                       std::optional<unsigned> day, std::optional<unsigned> hour,
                                       std::optional<unsigned> minute) {
  if (!year || !month || !day || !hour || !minute) return std::nullopt;
  if (*month < 1 || *month > 12 || *day < 1 || *day > 31 || *hour > 24 || *minute > 59) {
    return std::nullopt;
  }
  return days_of(*year, *month, *day) * 86400 + *hour * 3600 + *minute * 60;
}

// "+0900", "+09:00", "Z" as seconds.
std::optional<std::int64_t> zone_of(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const bool west = text[0] == '-';
  text.remove_prefix(1);
  if (text.size() != 4 && !(text.size() == 5 && text[2] == ':')) return std::nullopt;
  const auto hours = number(text.substr(0, 2));
  const auto minutes = number(text.substr(text.size() - 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return west ? -seconds : seconds;
}

}  // namespace

std::optional<Timestamp> AccessClock::common(std::string_view text) {
  // dd/Mon/yyyy:hh:mm:ss +zzzz
  if (text.size() < 20 || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' ||
      text[17] != ':') {
    return std::nullopt;
  }
  const auto second = number(text.substr(18, 2));
  if (!second || *second > 60) return std::nullopt;
  const std::string_view head = text.substr(0, 18);
  const std::string_view tail = text.substr(20);
  if (minute_.size() == head.size() + tail.size() &&
      std::string_view(minute_).substr(0, head.size()) == head &&
      std::string_view(minute_).substr(head.size()) == tail) {
    return Timestamp::from_unix(minute_seconds_ + *second);
  }
  std::string_view zone = tail;
  if (zone.starts_with('.')) {  // Apache's and Tomcat's fractions
    zone.remove_prefix(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
  }
  if (zone.starts_with(' ')) zone.remove_prefix(1);
  const std::size_t month = kMonths.find(text.substr(3, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  const auto start =
      seconds_of(number(text.substr(7, 4)), static_cast<unsigned>(month / 3 + 1),
                 number(text.substr(0, 2)), number(text.substr(12, 2)), number(text.substr(15, 2)));
  const auto offset = zone_of(zone);
  if (!start || !offset) return std::nullopt;
  minute_.assign(head).append(tail);
  minute_seconds_ = *start - *offset;
  return Timestamp::from_unix(minute_seconds_ + *second);
}

std::optional<Timestamp> AccessClock::iso(std::string_view text) {
  // yyyy-mm-ddThh:mm:ss[.f][zone]
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto start =
      seconds_of(number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8, 2)),
                 number(text.substr(11, 2)), number(text.substr(14, 2)));
  const auto second = number(text.substr(17, 2));
  std::string_view zone = text.substr(19);
  if (zone.starts_with('.') || zone.starts_with(',')) {
    zone.remove_prefix(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
  }
  const auto offset = zone_of(zone);
  if (!start || !second || *second > 60 || !offset) return std::nullopt;
  return Timestamp::from_unix(*start + *second - *offset);
}

}  // namespace konseki

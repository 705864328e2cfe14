#include "collectors/common/logs/log_clock.h"

#include <algorithm>
#include <chrono>

#include "agent/base/line_reader.h"
#include "collectors/common/logs/log_family.h"
#include "collectors/common/logs/zone_rules.h"

namespace konseki {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::int64_t kDay = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `count` digits at `at`; nothing when there is anything else.
std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  unsigned value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value;
}

// "Jan" at `at` as 1.
std::optional<unsigned> month_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 3) return std::nullopt;
  const std::size_t place = kMonths.find(text.substr(at, 3));
  if (place == std::string_view::npos || place % 3 != 0) return std::nullopt;
  return static_cast<unsigned>(place / 3 + 1);
}

struct Clock {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

// "03:04:05" at `at`.
std::optional<Clock> clock_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 8 || text[at + 2] != ':' || text[at + 5] != ':') return std::nullopt;
  const auto hour = digits(text, at, 2);
  const auto minute = digits(text, at + 3, 2);
  const auto second = digits(text, at + 6, 2);
  if (!hour || !minute || !second) return std::nullopt;
  return Clock{*hour, *minute, *second};
}

// ".123456" at `at`, which is moved behind it; 0 when there is none.
std::int32_t fraction_at(std::string_view text, std::size_t& at) {
  if (at >= text.size() || (text[at] != '.' && text[at] != ',')) return 0;
  std::int32_t value = 0;
  std::int32_t unit = 100'000'000;
  std::size_t end = at + 1;
  for (; end < text.size() && is_digit(text[end]); ++end, unit /= 10) {
    value += (text[end] - '0') * unit;
  }
  if (end > at + 1) at = end;
  return value;
}

std::optional<YearlessDate> yearless(std::string_view text) {
  // Mmm dd hh:mm:ss
  const auto month = month_at(text, 0);
  if (!month || text.size() < 15 || text[3] != ' ' || text[6] != ' ') return std::nullopt;
  const auto day = text[4] == ' ' ? digits(text, 5, 1) : digits(text, 4, 2);
  const auto clock = clock_at(text, 7);
  if (!day || !clock || *day < 1 || *day > 31 || clock->hour > 23 || clock->minute > 59 ||
      clock->second > 60) {
    return std::nullopt;
  }
  return YearlessDate{*month, *day, clock->hour, clock->minute, clock->second};
}

// In a year of months of 31 days, seconds.
std::int64_t place_of(const YearlessDate& date) {
  return ((std::int64_t{date.month} * 31 + date.day) * 24 + date.hour) * 3600 + date.minute * 60 +
         date.second;
}

std::optional<std::int64_t> civil(const YearlessDate& date, std::int64_t year) {
  return civil_seconds(year, date.month, date.day, date.hour, date.minute, date.second);
}

}  // namespace

LogZone LogZone::of(const HostFacts& host) {
  const auto local = LocalTime::from_rule(zone_rule(host.time_zone));
  if (!local) return {};
  return {*local, true};
}

void LogClock::Walk::step(YearlessDate& date) {
  constexpr std::int64_t kHalf = 186 * kDay;
  constexpr std::int64_t kNearlyAll = 330 * kDay;
  const std::int64_t place = place_of(date);
  if (before) {
    if (place < *before - kHalf) {
      ++years;
    } else if (years > 0 && place > *before + kNearlyAll) {
      --years;  // a line of December that came late in January
    }
  }
  before = place;
  date.years = years;
}

std::optional<YearlessDate> LogClock::syslog(std::string_view text, std::size_t& length) {
  auto date = yearless(text);
  if (!date) return std::nullopt;
  length = 15;
  met_yearless_ = true;
  met_local_ = true;
  walk_.step(*date);
  return date;
}

std::optional<Timestamp> LogClock::utc(const YearlessDate& date) {
  const std::optional<std::int64_t>& year = first_year();
  if (!year) return std::nullopt;
  const auto written = civil(date, *year + date.years);
  if (!written) return std::nullopt;
  return local(*written);
}

const std::optional<std::int64_t>& LogClock::first_year() {
  if (log_) {
    year_ = learn_first_year();
    log_.reset();
  }
  return year_;
}

std::optional<std::int64_t> LogClock::learn_first_year() const {
  Walk walk;
  std::optional<YearlessDate> last;
  // Damage is told of when the log itself is read.
  (void)each_line(
      log_->content,
      [&](const TextLine& line) {
        if (auto date = yearless(line.text)) {
          walk.step(*date);
          last = date;
        }
        return true;
      },
      256);
  if (!last) return std::nullopt;
  // The last line is no younger than this; a day for clocks and zones.
  std::optional<std::int64_t> latest;
  if (const auto& modified = log_->file.entry.times.modified) latest = modified->seconds + kDay;
  const std::string rotation = log_family(log_->file.path).rotation;
  if (rotation.size() == 8) {
    const auto year = digits(rotation, 0, 4);
    const auto month = digits(rotation, 4, 2);
    const auto day = digits(rotation, 6, 2);
    if (year && month && day) {
      if (const auto date = civil_seconds(*year, *month, *day, 23, 59, 59)) {
        latest = std::min(latest.value_or(INT64_MAX), *date + kDay);
      }
    }
  }
  if (!latest) return std::nullopt;
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds{std::chrono::seconds{*latest}})};
  const auto this_year = std::int64_t{static_cast<int>(today.year())};
  // A 29 February is looked for in the leap years before.
  for (std::int64_t year = this_year; year > this_year - 9; --year) {
    const auto written = civil(*last, year);
    if (!written || zone_.local.to_utc(*written).seconds > *latest) continue;
    return year - last->years;
  }
  return std::nullopt;
}

std::optional<Timestamp> LogClock::iso(std::string_view text, std::size_t& length) {
  // yyyy-mm-ddThh:mm:ss[.f][zone]
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != ' ')) {
    return std::nullopt;
  }
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto clock = clock_at(text, 11);
  if (!year || !month || !day || !clock) return std::nullopt;
  const auto written =
      civil_seconds(*year, *month, *day, clock->hour, clock->minute, clock->second);
  if (!written) return std::nullopt;
  std::size_t at = 19;
  const std::int32_t nanoseconds = fraction_at(text, at);
  length = at;
  if (at < text.size() && text[at] == 'Z') {
    ++length;
    return Timestamp::from_unix(*written, nanoseconds);
  }
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const bool colon = at + 3 < text.size() && text[at + 3] == ':';
    const auto hours = digits(text, at + 1, 2);
    const auto minutes = digits(text, at + (colon ? 4 : 3), 2);
    if (hours && minutes && *hours <= 14 && *minutes <= 59) {
      length = at + (colon ? 6 : 5);
      const std::int64_t offset = std::int64_t{*hours} * 3600 + std::int64_t{*minutes} * 60;
      return Timestamp::from_unix(text[at] == '-' ? *written + offset : *written - offset,
                                  nanoseconds);
    }
  }
  return local(*written, nanoseconds);
}

std::optional<Timestamp> LogClock::bind(std::string_view text, std::size_t& length) {
  // dd-Mmm-yyyy hh:mm:ss[.f]
  if (text.size() < 20 || text[2] != '-' || text[6] != '-' || text[11] != ' ') {
    return std::nullopt;
  }
  const auto day = digits(text, 0, 2);
  const auto month = month_at(text, 3);
  const auto year = digits(text, 7, 4);
  const auto clock = clock_at(text, 12);
  if (!day || !month || !year || !clock) return std::nullopt;
  const auto written =
      civil_seconds(*year, *month, *day, clock->hour, clock->minute, clock->second);
  if (!written) return std::nullopt;
  length = 20;
  const std::int32_t nanoseconds = fraction_at(text, length);
  return local(*written, nanoseconds);
}

std::optional<Timestamp> LogClock::epoch(std::string_view text, std::size_t& length) {
  const bool framed = text.starts_with('[');
  std::size_t at = framed ? 1 : 0;
  const std::size_t start = at;
  std::int64_t seconds = 0;
  for (; at < text.size() && is_digit(text[at]) && at - start < 11; ++at) {
    seconds = seconds * 10 + (text[at] - '0');
  }
  if (at - start < 9 || at - start > 10) return std::nullopt;
  const std::int32_t nanoseconds = fraction_at(text, at);
  if (framed) {
    if (at >= text.size() || text[at] != ']') return std::nullopt;
    ++at;
  }
  length = at;
  return Timestamp::from_unix(seconds, nanoseconds);
}

}  // namespace konseki

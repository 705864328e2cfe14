#include "agent/base/local_time.h"

#include <algorithm>
#include <chrono>

namespace konseki {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::int64_t days_of(std::int64_t year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{month}, std::chrono::day{day}};
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::int64_t year_of(std::int64_t civil) {
  const auto days =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{std::chrono::seconds{civil}});
  return static_cast<int>(std::chrono::year_month_day{days}.year());
}

}  // namespace

std::optional<std::int64_t> civil_seconds(std::int64_t year, unsigned month, unsigned day,
                                          unsigned hour, unsigned minute, unsigned second) {
  if (year < 1 || year > 9999 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  return days_of(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second;
}

// Takes a rule apart from its front.
class LocalTime::Reader {
 public:
  explicit Reader(std::string_view rule) : rest_(rule) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name() {
    std::size_t length = 0;
    if (rest_.starts_with('<')) {
      length = rest_.find('>');
      if (length == std::string_view::npos) return false;
      rest_.remove_prefix(length + 1);
      return length > 1;
    }
    while (length < rest_.size() && is_letter(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length >= 3;
  }

  std::optional<int> number(int most) {
    int value = 0;
    std::size_t length = 0;
    while (length < rest_.size() && length < 4 && is_digit(rest_[length])) {
      value = value * 10 + (rest_[length++] - '0');
    }
    rest_.remove_prefix(length);
    if (length == 0 || value > most) return std::nullopt;
    return value;
  }

  // [+-]hh[:mm[:ss]] in seconds.
  std::optional<int> clock() {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(167);
    if (!hours) return std::nullopt;
    int seconds = *hours * 3600;
    for (const int unit : {60, 1}) {
      if (!take(':')) break;
      const auto value = number(59);
      if (!value) return std::nullopt;
      seconds += *value * unit;
    }
    return negative ? -seconds : seconds;
  }

  // Mm.w.d, Jn or n, and the time behind it.
  std::optional<Change> change() {
    Change out;
    if (take('M')) {
      out.kind = Change::Kind::kWeekday;
      const auto month = number(12);
      if (!month || !take('.')) return std::nullopt;
      const auto week = number(5);
      if (!week || !take('.')) return std::nullopt;
      const auto day = number(6);
      if (!day || *month < 1 || *week < 1) return std::nullopt;
      out.month = *month;
      out.week = *week;
      out.day = *day;
    } else {
      out.kind = take('J') ? Change::Kind::kDayWithoutLeap : Change::Kind::kDay;
      const auto day = number(365);
      if (!day || (out.kind == Change::Kind::kDayWithoutLeap && *day < 1)) return std::nullopt;
      out.day = *day;
    }
    if (take('/')) {
      const auto time = clock();
      if (!time) return std::nullopt;
      out.seconds = *time;
    }
    return out;
  }

 private:
  std::string_view rest_;
};

std::optional<LocalTime> LocalTime::from_rule(std::string_view rule) {
  Reader reader(rule);
  LocalTime out;
  if (!reader.name()) return std::nullopt;
  const auto offset = reader.clock();
  if (!offset) return std::nullopt;
  out.offset_ = *offset;
  if (reader.at_end()) return out;
  if (!reader.name()) return std::nullopt;
  out.summer_offset_ = *offset - 3600;
  if (!reader.take(',')) {
    const auto summer = reader.clock();
    if (!summer || !reader.take(',')) return std::nullopt;
    out.summer_offset_ = *summer;
  }
  const auto begins = reader.change();
  if (!begins || !reader.take(',')) return std::nullopt;
  const auto ends = reader.change();
  if (!ends || !reader.at_end()) return std::nullopt;
  out.summer_begins_ = *begins;
  out.summer_ends_ = *ends;
  return out;
}

std::int64_t LocalTime::Change::in_year(std::int64_t year) const {
  const std::int64_t january = days_of(year, 1, 1);
  std::int64_t at = january + day;
  if (kind == Kind::kDayWithoutLeap) {
    const bool leap = days_of(year + 1, 1, 1) - january == 366;
    at = january + day - 1 + (leap && day >= 60 ? 1 : 0);
  } else if (kind == Kind::kWeekday) {
    const auto number = static_cast<unsigned>(month);
    const std::int64_t first = days_of(year, number, 1);
    const std::int64_t next = number == 12 ? days_of(year + 1, 1, 1) : days_of(year, number + 1, 1);
    const std::int64_t weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    at = first + (day - weekday + 7) % 7 + std::int64_t{7} * (week - 1);
    while (at >= next) at -= 7;
  }
  return at * 86'400 + seconds;
}

Timestamp LocalTime::to_utc(std::int64_t local, std::int32_t nanoseconds) const {
  std::int64_t offset = offset_;
  if (summer_offset_) {
    const std::int64_t year = year_of(local);
    const std::int64_t begins = summer_begins_.in_year(year);
    const std::int64_t ends = summer_ends_.in_year(year);
    const bool summer =
        begins < ends ? local >= begins && local < ends : local >= begins || local < ends;
    if (summer) offset = *summer_offset_;
  }
  return Timestamp::from_unix(local + offset, nanoseconds);
}

}  // namespace konseki

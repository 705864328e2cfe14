#include "collectors/linux/containers/rfc3339.h"

#include <chrono>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::containers {
namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  const auto part = text.substr(at, count);
  if (part.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return parse_number<int>(part);
}

// "Z" or "+hh:mm", in seconds east of UTC.
std::optional<int> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, 4, 2);
  if (!hours || !minutes) return std::nullopt;
  const int seconds = *hours * 3600 + *minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second || *year <= 1) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  text.remove_prefix(19);
  std::int32_t nanoseconds = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    std::int32_t unit = 100'000'000;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      nanoseconds += (text.front() - '0') * unit;
      unit /= 10;
      text.remove_prefix(1);
    }
  }
  const auto offset = parse_offset(text);
  if (!offset) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return Timestamp::from_unix(days * 86'400 + *hour * 3600 + *minute * 60 + *second - *offset,
                              nanoseconds);
}

}  // namespace konseki::containers

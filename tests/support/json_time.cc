#include "tests/support/json_time.h"

#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace konseki::testing {

Timestamp parse_iso8601(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute,
                  &second, &used) != 6 ||
      !text.ends_with('Z')) {
    throw std::invalid_argument("not a time: " + text);
  }
  std::string decimals;
  if (text[static_cast<std::size_t>(used)] == '.') {
    decimals = text.substr(static_cast<std::size_t>(used) + 1, text.size() - used - 2);
  }
  decimals.resize(9, '0');
  const std::chrono::sys_days date{std::chrono::year(year) / static_cast<int>(month) / day};
  return {date.time_since_epoch().count() * 86'400LL + hour * 3'600LL + minute * 60LL + second,
          std::stoi(decimals)};
}

}  // namespace konseki::testing

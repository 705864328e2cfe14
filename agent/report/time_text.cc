#include "agent/report/time_text.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace konseki {
namespace {

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace

std::string timesketch_datetime(const Timestamp& time) {
  std::string text = time.iso8601();
  text.resize(26);  // microseconds
  return text + "+00:00";
}

std::int64_t unix_microseconds(const Timestamp& time) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1'000'000 - 1;
  return std::clamp(time.seconds, -kMost, kMost) * 1'000'000 + time.nanoseconds / 1000;
}

std::string clock_text(const Timestamp& time, std::int32_t offset_seconds) {
  std::string text = Timestamp{time.seconds + offset_seconds, time.nanoseconds}.iso8601();
  text.resize(19);
  text[10] = ' ';
  return text;
}

std::string offset_text(std::int32_t offset_seconds) {
  const int minutes = std::abs(offset_seconds) / 60;
  std::string text(1, offset_seconds < 0 ? '-' : '+');
  for (int part : {minutes / 60, minutes % 60}) {
    if (text.size() > 1) text += ':';
    text += static_cast<char>('0' + part / 10 % 10);
    text += static_cast<char>('0' + part % 10);
  }
  return text;
}

std::int64_t day_of(const Timestamp& time) { return floor_divide(time.seconds, 86'400); }

std::string day_text(std::int64_t day) {
  std::string text = Timestamp{day * 86'400, 0}.iso8601();
  text.resize(10);
  return text;
}

}  // namespace konseki

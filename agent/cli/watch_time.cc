#include "agent/cli/watch_time.h"

#include <string>

#include "agent/base/parse_timestamp.h"

namespace konseki {
namespace {

constexpr std::size_t kSecondsEnd = 19;  // "2026-11-21T09:00:00"

// "+09:00" in seconds; "Z" is 0.
std::optional<std::int64_t> offset_of(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  const auto digit = [&](std::size_t at) { return zone[at] >= '0' && zone[at] <= '9'; };
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || !digit(1) ||
      !digit(2) || !digit(4) || !digit(5)) {
    return std::nullopt;
  }
  const int hours = (zone[1] - '0') * 10 + (zone[2] - '0');
  const int minutes = (zone[4] - '0') * 10 + (zone[5] - '0');
  if (hours > 14 || minutes > 59) return std::nullopt;
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return zone[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<Timestamp> parse_watch_time(std::string_view text) {
  if (text.size() <= kSecondsEnd) return std::nullopt;
  const auto offset = offset_of(text.substr(kSecondsEnd));
  std::string whole(text.substr(0, kSecondsEnd));
  if (whole[10] == ' ') whole[10] = 'T';
  auto time = parse_timestamp(whole + ".000000000Z");
  if (!offset || !time) return std::nullopt;
  time->seconds -= *offset;
  return time;
}

}  // namespace konseki

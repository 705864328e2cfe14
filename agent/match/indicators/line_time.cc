#include "agent/match/indicators/line_time.h"

#include <array>
#include <string>

#include "agent/match/stix/instant.h"

namespace konseki {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "dd" at `at`, or -1.
int two(std::string_view text, std::size_t at) {
  if (at + 2 > text.size() || !is_digit(text[at]) || !is_digit(text[at + 1])) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

// "+09:00", "+0900" or "Z" in minutes.
std::optional<int> offset_of(std::string_view text) {
  if (text.starts_with('Z')) return 0;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int hours = two(text, 1);
  const int minutes = two(text, text.size() > 3 && text[3] == ':' ? 4 : 3);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  return (text.front() == '-' ? -1 : 1) * (hours * 60 + minutes);
}

// A calendar date and a time of day, `fraction` with its dot or empty, less the offset.
std::optional<Timestamp> made(std::string_view date, std::string_view time,
                              std::string_view fraction, int offset) {
  const auto instant = stix::parse_instant(std::string(date) + 'T' + std::string(time) +
                                           std::string(fraction) + 'Z');
  if (!instant) return std::nullopt;
  return stix::to_timestamp(*instant -
                            static_cast<stix::Instant>(offset) * 60 * stix::kNanosPerSecond);
}

std::optional<Timestamp> iso_at(std::string_view text) {
  // dddd-dd-ddTdd:dd:dd
  constexpr std::string_view kForm = "dddd-dd-dd?dd:dd:dd";
  if (text.size() <= kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !is_digit(text[i]) : kForm[i] != '?' && text[i] != kForm[i]) {
      return std::nullopt;
    }
  }
  if (text[10] != 'T' && text[10] != ' ') return std::nullopt;
  std::size_t at = kForm.size();
  std::string fraction;
  if (text[at] == '.' || text[at] == ',') {
    fraction = ".";
    for (++at; at < text.size() && is_digit(text[at]); ++at) fraction.push_back(text[at]);
    if (fraction.size() == 1 || fraction.size() > 10) return std::nullopt;
  }
  if (at < text.size() && text[at] == ' ') ++at;  // "12:00:00 +0000"
  const auto offset = offset_of(text.substr(at));
  if (!offset) return std::nullopt;
  return made(text.substr(0, 10), text.substr(11, 8), fraction, *offset);
}

// "10/Oct/2025:13:55:36 +0900"
std::optional<Timestamp> web_at(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() < 26 || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[20] != ' ' ||
      two(text, 0) < 0 || two(text, 7) < 0 || two(text, 9) < 0) {
    return std::nullopt;
  }
  const auto offset = offset_of(text.substr(21));
  if (!offset) return std::nullopt;
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (text.substr(3, 3) != kMonths[month]) continue;
    std::string date(text.substr(7, 4));
    date += month < 9 ? "-0" : "-1";
    date.push_back(static_cast<char>('0' + (month + 1) % 10));
    date += '-';
    date += text.substr(0, 2);
    return made(date, text.substr(12, 8), {}, *offset);
  }
  return std::nullopt;
}

// "1700000000.123": what Squid writes.
std::optional<Timestamp> epoch_at_start(std::string_view line) {
  std::int64_t seconds = 0;
  std::size_t at = 0;
  for (; at < line.size() && is_digit(line[at]) && at < 11; ++at) {
    seconds = seconds * 10 + (line[at] - '0');
  }
  if (at != 10 || at >= line.size() || (line[at] != '.' && line[at] != ' ')) return std::nullopt;
  std::int32_t nanoseconds = 0;
  if (line[at] == '.') {
    std::int32_t unit = 100'000'000;
    for (++at; at < line.size() && is_digit(line[at]); ++at, unit /= 10) {
      nanoseconds += (line[at] - '0') * unit;
    }
  }
  return Timestamp::from_unix(seconds, nanoseconds);
}

}  // namespace

std::optional<Timestamp> line_time(std::string_view line) {
  constexpr std::size_t kLookedAt = 512;
  if (auto time = epoch_at_start(line)) return time;
  for (std::size_t i = 0; i < std::min(line.size(), kLookedAt); ++i) {
    if (!is_digit(line[i]) || (i > 0 && is_digit(line[i - 1]))) continue;
    if (auto time = iso_at(line.substr(i))) return time;
    if (auto time = web_at(line.substr(i))) return time;
  }
  return std::nullopt;
}

}  // namespace konseki

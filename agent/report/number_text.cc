#include "agent/report/number_text.h"

#include <array>
#include <string_view>

namespace konseki {

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> kUnits = {"B",   "KiB", "MiB", "GiB",
                                                      "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  std::uint64_t whole = bytes;
  std::uint64_t rest = 0;
  while (whole >= 1024) {
    rest = whole % 1024;
    whole /= 1024;
    ++unit;
  }
  std::string text = std::to_string(whole);
  if (unit > 0 && whole < 100) text += '.' + std::to_string(rest * 10 / 1024);
  return text + ' ' + std::string(kUnits[unit]);
}

// From two minutes on in hours and minutes.
Bilingual seconds_text(std::int64_t microseconds) {
  const std::uint64_t size = microseconds < 0 ? 0 - static_cast<std::uint64_t>(microseconds)
                                              : static_cast<std::uint64_t>(microseconds);
  constexpr std::uint64_t kLongest = 120'000'000;
  if (size >= kLongest) return duration_text(static_cast<std::int64_t>(size / 1'000'000));
  std::string number = grouped(size / 1'000'000);
  if (size < 100'000'000) number += '.' + std::to_string(size / 100'000 % 10);
  return {number + " s", number + " 秒"};
}

Bilingual duration_text(std::int64_t seconds) {
  const std::int64_t size = seconds < 0 ? 0 : seconds;
  Bilingual text;
  const auto add = [&](std::int64_t number, std::string_view en, std::string_view ja) {
    const std::string digits = grouped(static_cast<std::uint64_t>(number));
    for (std::string* side : {&text.en, &text.ja}) {
      if (!side->empty()) *side += ' ';
      *side += digits + ' ';
    }
    text.en += en;
    text.ja += ja;
  };
  if (size >= 3600) add(size / 3600, "h", "時間");
  if (size >= 60) add(size / 60 % 60, "min", "分");
  add(size % 60, "s", "秒");
  return text;
}

}  // namespace konseki

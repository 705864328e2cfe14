#include "agent/base/parse_timestamp.h"

#include <array>
#include <cstdint>

namespace konseki {
namespace {

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddddddddZ";

// Where the shape has digits and where it has signs, apart: checking them so takes no branches.
constexpr std::array<std::uint8_t, 23> kDigitPlaces = [] {
  std::array<std::uint8_t, 23> places{};
  std::size_t count = 0;
  for (std::uint8_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd') places[count++] = i;
  }
  return places;
}();
constexpr std::array<std::uint8_t, 7> kSignPlaces = {4, 7, 10, 13, 16, 19, 29};

bool has_shape(std::string_view text) {
  if (text.size() != kShape.size()) return false;
  bool fits = true;
  for (const std::uint8_t at : kSignPlaces) fits &= text[at] == kShape[at];
  for (const std::uint8_t at : kDigitPlaces) {
    fits &= static_cast<unsigned char>(text[at] - '0') <= 9;
  }
  return fits;
}

int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (text[at + i] - '0');
  return value;
}

// Days from 1970-01-01 to a civil date, after Howard Hinnant's published algorithm.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  if (!has_shape(text)) return std::nullopt;
  const int month = number_at(text, 5, 2);
  const int day = number_at(text, 8, 2);
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const std::int64_t days = days_from_civil(number_at(text, 0, 4), month, day);
  return Timestamp{days * 86'400 + hour * 3600 + minute * 60 + second, number_at(text, 20, 9)};
}

}  // namespace konseki

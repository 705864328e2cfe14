#include "agent/base/local_time.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

std::string utc(std::string_view rule, std::int64_t year, unsigned month, unsigned day,
                unsigned hour, unsigned minute = 0) {
  const auto zone = LocalTime::from_rule(rule);
  const auto local = civil_seconds(year, month, day, hour, minute, 0);
  if (!zone || !local) return "none";
  return zone->to_utc(*local).iso8601().substr(0, 16);
}

TEST(LocalTime, FollowsTheRule) {
  EXPECT_EQ(utc("JST-9", 2026, 1, 1, 8), "2025-12-31T23:00");
  EXPECT_EQ(utc("<+0530>-5:30", 2026, 1, 1, 0), "2025-12-31T18:30");
  constexpr std::string_view kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";
  EXPECT_EQ(utc(kBerlin, 2026, 3, 29, 1, 59), "2026-03-29T00:59");
  EXPECT_EQ(utc(kBerlin, 2026, 3, 29, 3), "2026-03-29T01:00");
  EXPECT_EQ(utc(kBerlin, 2026, 10, 25, 2, 30), "2026-10-25T00:30");
  EXPECT_EQ(utc(kBerlin, 2026, 10, 25, 3), "2026-10-25T02:00");
  // Summer over the turn of the year.
  constexpr std::string_view kSydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
  EXPECT_EQ(utc(kSydney, 2026, 1, 1, 11), "2026-01-01T00:00");
  EXPECT_EQ(utc(kSydney, 2026, 7, 1, 10), "2026-07-01T00:00");
  EXPECT_EQ(utc("A3B", 2026, 1, 1, 0), "none");
  EXPECT_EQ(utc("EST5EDT,J60,J300", 2024, 2, 29, 3), "2024-02-29T08:00");
  EXPECT_EQ(utc("EST5EDT,J60,J300", 2024, 3, 1, 3), "2024-03-01T07:00");
}

TEST(LocalTime, RefusesWhatIsNoRule) {
  for (const char* text : {"", "UTC", "9", "JST", "JST-9x", "JST-", "<->", "AAA1BBB,M13.1.0,M1.1.0",
                           "AAA1BBB,M3.6.0,M1.1.0", "AAA1BBB,M3.1.0", "AAA999"}) {
    EXPECT_FALSE(LocalTime::from_rule(text)) << text;
  }
}

TEST(LocalTime, KnowsTheCalendar) {
  EXPECT_FALSE(civil_seconds(2026, 2, 29, 0, 0, 0));
  EXPECT_EQ(civil_seconds(1970, 1, 2, 0, 0, 1), 86401);
}

}  // namespace
}  // namespace konseki

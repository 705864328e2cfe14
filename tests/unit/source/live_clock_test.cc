#include <gtest/gtest.h>

#include <ctime>

#include "agent/source/live/linux/clock.h"

namespace konseki {
namespace {

TEST(Clock, NamesTheZoneOfTheLink) {
  EXPECT_EQ(zone_of_link("/usr/share/zoneinfo/Asia/Tokyo"), "Asia/Tokyo");
  EXPECT_EQ(zone_of_link("../usr/share/zoneinfo/posix/Etc/UTC"), "Etc/UTC");
  EXPECT_EQ(zone_of_link("/opt/zones/Tokyo"), "");
}

TEST(Clock, ReadsThisMachine) {
  const std::time_t before = std::time(nullptr);
  const auto state = read_clock();
  ASSERT_TRUE(state);
  EXPECT_GE(state->now.seconds, before);
  EXPECT_LT(state->boot, state->now);
  EXPECT_GT(state->boot.seconds, 1'000'000'000);
  EXPECT_EQ(read_clock()->boot, state->boot);
}

}  // namespace
}  // namespace konseki

#include "agent/pipeline/budget.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

TEST(Budget, RefusesByFileSizeUnlessCore) {
  Limits limits;
  limits.max_file_size = 10;
  const Budget budget(limits, std::nullopt);
  EXPECT_EQ(budget.refuse(10, true, false), "");
  EXPECT_EQ(budget.refuse(11, true, false), "max_file_size");
  EXPECT_EQ(budget.refuse(11, true, true), "");
  EXPECT_EQ(budget.refuse(11, false, false), "max_file_size");
}

TEST(Budget, TotalCountsOnlyWhatIsStored) {
  Limits limits;
  limits.max_total_size = 100;
  Budget budget(limits, std::nullopt);
  budget.take(90);
  EXPECT_EQ(budget.refuse(10, true, false), "");
  EXPECT_EQ(budget.refuse(11, true, true), "max_total_size");
  EXPECT_EQ(budget.refuse(11, false, false), "");
}

TEST(Budget, KeepsRoomOnTheOutputForTheManifest) {
  const Budget budget(Limits{}, 100 * kMiB);
  EXPECT_EQ(budget.refuse(80 * kMiB, true, false), "");
  EXPECT_EQ(budget.refuse(90 * kMiB, true, false), "no_space");
}

TEST(Budget, TimeIsOver) {
  Limits limits;
  limits.max_time = std::chrono::seconds(0);
  const Budget budget(limits, std::nullopt);
  EXPECT_TRUE(budget.out_of_time());
  EXPECT_EQ(budget.refuse(1, true, true), "max_time");
}

TEST(Budget, RefusesEverythingOnceInterrupted) {
  std::stop_source stop;
  const Budget budget(Limits{}, std::nullopt, stop.get_token());
  EXPECT_EQ(budget.refuse(1, true, true), "");
  stop.request_stop();
  EXPECT_EQ(budget.refuse(1, true, true), "interrupted");
  EXPECT_EQ(budget.refuse(1, false, false), "interrupted");
}

TEST(Budget, KnowsWhatParsersRead) {
  EXPECT_TRUE(is_parser_input("C:/Windows/System32/config/SYSTEM", ""));
  EXPECT_TRUE(is_parser_input("C:/Windows/System32/winevt/Logs/Security.evtx", ""));
  EXPECT_TRUE(is_parser_input("/var/log/nginx/access.log.3.gz", ""));
  EXPECT_TRUE(is_parser_input("C:/Users/a/x.txt", "Zone.Identifier"));
  EXPECT_FALSE(is_parser_input("C:/Users/a/picture.jpg", ""));
  EXPECT_FALSE(is_parser_input("/usr/bin/python3.11", ""));
}

}  // namespace
}  // namespace konseki

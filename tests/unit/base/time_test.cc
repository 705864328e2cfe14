#include "konseki/time.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

TEST(Timestamp, FormatsKnownInstants) {
  EXPECT_EQ(Timestamp::from_unix(0).iso8601(), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(Timestamp::from_unix(951'782'400).iso8601(), "2000-02-29T00:00:00.000000000Z");
  EXPECT_EQ(Timestamp::from_unix(-1, 5).iso8601(), "1969-12-31T23:59:59.000000005Z");
}

TEST(Timestamp, ReadsFiletime) {
  EXPECT_EQ(Timestamp::from_filetime(0).iso8601(), "1601-01-01T00:00:00.000000000Z");
  EXPECT_EQ(Timestamp::from_filetime(132'223'104'001'234'567).iso8601(),
            "2020-01-01T00:00:00.123456700Z");
}

TEST(Timestamp, SplitsNegativeMicroseconds) {
  EXPECT_EQ(Timestamp::from_unix_microseconds(-1), Timestamp::from_unix(-1, 999'999'000));
}

TEST(Timestamp, ClampsYearsThatDoNotFit) {
  EXPECT_EQ(Timestamp::from_unix(INT64_MAX).iso8601(), "9999-12-31T23:59:59.000000000Z");
  EXPECT_EQ(Timestamp::from_unix(INT64_MIN).iso8601(), "0000-01-01T00:00:00.000000000Z");
}

}  // namespace
}  // namespace konseki

#include "agent/match/indicators/observation_file.h"

#include <gmock/gmock.h>

#include "agent/match/indicators/sighting.h"
#include "tests/unit/match/match_support.h"

namespace konseki {
namespace {

using testing::add;

std::string observed(const std::string& id, const std::string& more,
                     const std::string& first = "2026-01-01T00:00:00Z") {
  return R"({"type":"observed-data","id":"observed-data--)" + id + R"(","first_observed":")" +
         first + R"(","last_observed":"2026-01-01T00:00:09.5Z","number_observed":3,)" + more + "}";
}

TEST(ObservationFile, ObjectsMayStandInAnotherFile) {
  ObservationSet set;
  ASSERT_TRUE(add(set, observed("1", R"("object_refs":["file--1","file--2"])"), "a"));
  ASSERT_TRUE(add(set, R"([{"type":"file","id":"file--1","name":"x","size":12}])", "b"));
  set.link();
  ASSERT_EQ(set.observations().size(), 1U);
  const stix::Observation& only = set.observations()[0];
  EXPECT_EQ(only.count, 3U);
  EXPECT_EQ(only.origin, "a");
  EXPECT_EQ(stix::to_timestamp(only.last).iso8601(), "2026-01-01T00:00:09.500000000Z");
  ASSERT_NE(only.find("file--1"), nullptr);
  EXPECT_EQ(only.find("file--1")->properties.find("size")->integer, 12);
  EXPECT_EQ(only.find("file--2"), nullptr);
  ASSERT_EQ(set.problems().size(), 1U) << "file--2 is missing";
  EXPECT_EQ(set.problems()[0].id, "observed-data--1");
}

TEST(ObservationFile, EmbeddedObjectsKeepTheirKeys) {
  ObservationSet set;
  ASSERT_TRUE(add(set, observed("1", R"("objects":{"0":{"type":"file","n\u0061me":"x"}})"), "a"));
  set.link();
  const stix::ObservedObject* object = set.observations()[0].find("0");
  ASSERT_NE(object, nullptr);
  EXPECT_EQ(object->type, "file");
  EXPECT_EQ(object->properties.find("name")->text, "x");
}

TEST(ObservationFile, BadTimesAndCountsAreNamed) {
  ObservationSet set;
  std::string none = observed("3", R"("x":1)");
  none.replace(none.find(":3,"), 3, ":0,");
  ASSERT_TRUE(add(set,
                  "[" + observed("1", R"("x":1)", "yesterday") + "," +
                      observed("2", R"("x":1)", "2026-01-02T00:00:00Z") + "," + none + "]",
                  "a"));
  set.link();
  EXPECT_TRUE(set.observations().empty());
  ASSERT_EQ(set.problems().size(), 3U);
  EXPECT_EQ(set.problems()[0].detail, "first_observed");
  EXPECT_EQ(set.problems()[1].detail, "last_observed");
  EXPECT_EQ(set.problems()[2].detail, "number_observed");
}

TEST(ObservationFile, TimesOutsideOfWhatTheIndicatorClaimsAreFlagged) {
  ObservationSet set;
  ASSERT_TRUE(add(set, observed("1", R"("objects":{"0":{"type":"file","name":"x"}})"), "a"));
  set.link();
  Indicator indicator;
  indicator.info.valid_until = stix::parse_instant("2025-01-01T00:00:00Z");
  const stix::Match match{{0}, {0}};
  EXPECT_TRUE(make_sighting(indicator, match, set.observations()).after_valid);
  indicator.info.valid_until = stix::parse_instant("2027-01-01T00:00:00Z");
  indicator.info.valid_from = stix::parse_instant("2026-06-01T00:00:00Z");
  const Sighting early = make_sighting(indicator, match, set.observations());
  EXPECT_FALSE(early.after_valid);
  EXPECT_TRUE(early.before_valid);
  EXPECT_EQ(early.severity, Severity::kMedium) << "an old match counts as much";
}

}  // namespace
}  // namespace konseki

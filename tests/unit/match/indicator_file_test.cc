#include "agent/match/indicators/indicator_file.h"

#include <gmock/gmock.h>

#include "agent/match/indicators/sighting.h"

namespace konseki {
namespace {

using ::testing::HasSubstr;

std::string indicator(const std::string& id, const std::string& pattern,
                      const std::string& more = "") {
  return R"({"type":"indicator","spec_version":"2.1","id":"indicator--)" + id +
         R"(","modified":"2026-01-02T00:00:00Z","valid_from":"2026-01-01T00:00:00Z",)" +
         R"("pattern_type":"stix","pattern":")" + pattern + "\"" + more + "}";
}

TEST(IndicatorFile, ReadsBundlesListsAndSingleObjects) {
  IndicatorSet set;
  const std::string one =
      indicator("1", "[a:b = 1]", R"(,"name":"悪性","confidence":85,"labels":["x"],
      "object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"])");
  ASSERT_TRUE(
      set.add(R"({"type":"bundle","objects":[{"type":"malware","id":"malware--1"},)" + one + "]}",
              "a.json"));
  ASSERT_TRUE(set.add("\xEF\xBB\xBF" + indicator("2", "[a:b = 2]"), "b.json"));
  ASSERT_TRUE(set.add(R"(["[a:b = 3]", "[a:b = "])", "c.json"));
  ASSERT_EQ(set.indicators().size(), 3U);
  EXPECT_EQ(set.indicators()[0].name, "悪性");
  EXPECT_EQ(set.indicators()[0].origin, "a.json");
  EXPECT_EQ(tlp_name(set.indicators()[0].marking_refs.at(0)), "TLP:AMBER");
  EXPECT_EQ(severity_of(set.indicators()[0]), Severity::kHigh);
  EXPECT_EQ(severity_of(set.indicators()[1]), Severity::kMedium);
  EXPECT_EQ(set.indicators()[2].id, "c.json#1");
  ASSERT_EQ(set.not_applied().size(), 1U);
  EXPECT_EQ(set.not_applied()[0].id, "c.json#2");
  EXPECT_EQ(set.not_applied()[0].detail, "1:8");
}

TEST(IndicatorFile, WhatCannotBeAppliedIsListed) {
  IndicatorSet set;
  const std::string yara =
      R"({"type":"indicator","id":"indicator--y","name":"rule","pattern_type":"yara",
      "pattern":"rule x {condition: true}"})";
  ASSERT_TRUE(set.add("[" + yara + "," + indicator("1", "[a:b = 1 AND c:d = 2]") + "," +
                          R"({"type":"indicator","id":"indicator--n"})" + "]",
                      "f"));
  EXPECT_TRUE(set.indicators().empty());
  ASSERT_EQ(set.not_applied().size(), 3U);
  EXPECT_EQ(set.not_applied()[0].name, "rule");
  EXPECT_EQ(set.not_applied()[0].detail, "yara");
  EXPECT_THAT(set.not_applied()[1].reason.en, HasSubstr("different types"));
  EXPECT_EQ(set.not_applied()[2].id, "indicator--n");
}

TEST(IndicatorFile, TheLatestVersionCounts) {
  IndicatorSet set;
  std::string newer = indicator("1", "[a:b = 2]", R"(,"revoked":true)");
  newer.replace(newer.find("2026-01-02"), 10, "2026-05-02");
  ASSERT_TRUE(set.add(
      "[" + indicator("1", "[a:b = 1]") + "," + newer + "," + indicator("1", "[a:b = 1]") + "]",
      "f"));
  ASSERT_EQ(set.indicators().size(), 1U);
  EXPECT_EQ(set.indicators()[0].pattern.text, "[a:b = 2]");
  EXPECT_EQ(severity_of(set.indicators()[0]), Severity::kInfo) << "revoked";
  EXPECT_EQ(set.superseded(), 2U);
}

TEST(IndicatorFile, OldFormsOfVersion20) {
  IndicatorSet set;
  ASSERT_TRUE(set.add(R"({"type":"bundle","spec_version":"2.0","objects":[{"type":"indicator",
      "id":"indicator--1","labels":["benign"],"pattern":
      "[a:b = 1] START '2020-01-01T00:00:00Z' STOP '2021-01-01T00:00:00Z'"}]})",
                      "f"));
  ASSERT_EQ(set.indicators().size(), 1U);
  EXPECT_EQ(severity_of(set.indicators()[0]), Severity::kInfo) << "benign";
}

TEST(IndicatorFile, DamageIsAnError) {
  for (const char* text :
       {"", "no json", "{\"type\":\"bundle\",\"objects\":[", "[1,]", "[] []", "12",
        "{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"x\":[1 2]}]}"}) {
    IndicatorSet set;
    EXPECT_FALSE(set.add(text, "f")) << text;
  }
}

}  // namespace
}  // namespace konseki

#include "agent/pipeline/finding_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace konseki {
namespace {

Finding hit(const std::string& rule, const std::string& path, int score = 50) {
  Finding finding;
  finding.matcher = "test";
  finding.rule = rule;
  finding.severity = severity_of_score(score);
  finding.score = score;
  finding.subject.path = path;
  finding.reason = {"hit", "一致"};
  return finding;
}

std::string rows(std::vector<Finding> findings) {
  std::string out;
  for (const Finding& each : findings) out += finding_json(each) + "\n";
  return out;
}

TEST(FindingStore, KeepsOneFindingForEachRuleAndSubject) {
  FindingStore store;
  Finding first = hit("r", "/a", 40);
  first.first_seen = Timestamp{100, 0};
  first.last_seen = Timestamp{200, 0};
  first.flags = {"expired"};
  first.witnesses = {{"weak", 10, {"w", "w"}, {}, ""}};
  Finding second = hit("r", "/a", 80);
  second.first_seen = Timestamp{50, 0};
  second.last_seen = Timestamp{60, 0};
  second.witnesses = {{"strong", 80, {"s", "s"}, {}, ""}};
  store.add(Finding(first));
  store.add(Finding(second));
  store.add(hit("r", "/b"));
  const auto found = store.take();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].score, 80) << "the graver one speaks";
  EXPECT_EQ(found[0].count, 2U);
  EXPECT_EQ(found[0].first_seen->seconds, 50);
  EXPECT_EQ(found[0].last_seen->seconds, 200);
  EXPECT_EQ(found[0].flags, std::vector<std::string>{"expired"});
  ASSERT_EQ(found[0].witnesses.size(), 2U);
  EXPECT_EQ(found[0].witnesses[0].name, "strong");
  EXPECT_EQ(found[1].subject.path, "/b");
}

// What is kept of a rule that hits everything, and of all together, depends on no order.
TEST(FindingStore, KeepsTheGravestWhateverTheOrder) {
  std::vector<Finding> all;
  for (int i = 0; i < 60; ++i) all.push_back(hit("broad", "/f" + std::to_string(i), 1 + i % 90));
  for (int i = 0; i < 20; ++i) all.push_back(hit("r" + std::to_string(i), "/g", 20 + i));
  std::mt19937 random(1);
  std::string expected;
  for (int round = 0; round < 20; ++round) {
    FindingStore store({10, 25});
    std::shuffle(all.begin(), all.end(), random);
    for (const Finding& each : all) store.add(Finding(each));
    const std::string got = rows(store.take());
    if (round == 0) expected = got;
    EXPECT_EQ(got, expected);
    EXPECT_EQ(std::count(got.begin(), got.end(), '\n'), 25);
    ASSERT_EQ(store.cut_rules().size(), 1U);
    EXPECT_EQ(store.cut_rules()[0].rule, "broad");
    EXPECT_EQ(store.cut_rules()[0].findings, 60U);
    EXPECT_EQ(store.cut_rules()[0].kept, 10U);
    EXPECT_EQ(store.left_out(), 5U);
  }
  EXPECT_NE(expected.find("/f59"), std::string::npos);
  EXPECT_EQ(expected.find("/f1\""), std::string::npos);
}

}  // namespace
}  // namespace konseki

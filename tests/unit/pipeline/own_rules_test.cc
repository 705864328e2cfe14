#include "agent/pipeline/own_rules.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Finding finding(std::string matcher, std::string rule, std::string path, int score,
                std::string origin = "konseki") {
  Finding out;
  out.matcher = std::move(matcher);
  out.rule = std::move(rule);
  out.origin = std::move(origin);
  out.score = score;
  out.severity = severity_of_score(score);
  out.subject.path = std::move(path);
  out.reason = {"because", "理由"};
  return out;
}

Finding hit(std::string topic, std::string rule, std::string path, int score) {
  Finding out =
      finding("yara", std::move(rule), std::move(path), score, "yara-rules/" + topic + "/x.yar");
  Witness about, string;
  about.name = "yara.rule";
  string.name = "yara.string";
  string.text = {"$a found once", "$a"};
  string.addresses = {out.subject};
  out.witnesses = {about, string};
  return out;
}

std::vector<std::string> told(std::vector<Finding> findings) {
  join_own_rules(findings);
  std::vector<std::string> out;
  for (const Finding& each : findings) {
    std::string text = each.matcher + ' ' + each.rule + ' ' + std::to_string(each.score) + ' ' +
                       std::string(severity_name(each.severity));
    for (const Witness& witness : each.witnesses) text += ' ' + witness.name;
    out.push_back(std::move(text));
  }
  return out;
}

TEST(OwnRules, BecomeWitnessesOfTheFileTheySpeakOf) {
  EXPECT_THAT(
      told({finding("miner", "miner.file", "/a", 40), hit("miner", "rule_a", "/a", 80),
            hit("miner", "rule_b", "/a", 30), hit("miner", "rule_a", "/b", 80)}),
      ElementsAre("miner miner.file 80 high yara.rule_a yara.string yara.rule_b yara.string",
                  "yara rule_a 80 high yara.rule yara.string"));
}

TEST(OwnRules, TheMatcherThatAskedThemHasTheLastWord) {
  Finding tool = finding("webshell", "webshell", "/usr/bin/a", 25);
  tool.witnesses.emplace_back().name = "yara.rule_a";
  std::vector<Finding> findings{tool, hit("webshell", "rule_a", "/usr/bin/a", 80)};
  join_own_rules(findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].score, 25);
  EXPECT_EQ(findings[0].severity, Severity::kLow);
  ASSERT_EQ(findings[0].witnesses.size(), 2U);
  EXPECT_EQ(findings[0].witnesses[1].text.en, "rule_a: $a found once");
  EXPECT_EQ(findings[0].witnesses[1].addresses.size(), 1U);
}

TEST(OwnRules, NothingBecomesCriticalByThem) {
  EXPECT_THAT(told({finding("miner", "miner.file", "/a", 75), hit("miner", "rule_a", "/a", 95)}),
              ElementsAre(HasSubstr("95 high")));
  Finding critical = finding("miner", "miner.file", "/a", 92);
  critical.severity = Severity::kCritical;
  EXPECT_THAT(told({critical, hit("miner", "rule_a", "/a", 40)}),
              ElementsAre(HasSubstr("92 critical")));
}

TEST(OwnRules, OthersStayFindings) {
  // A rule of somebody else, another topic, another member of the same archive, a record.
  Finding member = hit("miner", "rule_a", "/a", 80);
  member.subject.members = {"b"};
  Finding record = finding("miner", "miner.linux.process", "/c", 80);
  record.schema = "linux.process";
  EXPECT_EQ(
      told({finding("miner", "miner.file", "/a", 40),
            finding("yara", "theirs", "/a", 80, "rules/x.yar"), hit("webshell", "rule_b", "/a", 80),
            member, record, hit("miner", "rule_a", "/c", 80)})
          .size(),
      6U);
}

}  // namespace
}  // namespace konseki

#include "konseki/finding.h"

#include <gtest/gtest.h>

#include <array>

namespace konseki {
namespace {

TEST(Finding, ScoresCombineAsTheWorkedExampleOfTheFormula) {
  EXPECT_EQ(combine_scores(std::array{50, 70, 40, 70, 40}), 84);  // 84.195859375
  EXPECT_EQ(combine_scores({}), 0);
  EXPECT_EQ(combine_scores(std::array{40}), 40);
  EXPECT_EQ(combine_scores(std::array{100, 1}), 100);
  EXPECT_EQ(combine_scores(std::array{-5, 300}), 100) << "clamped";
}

TEST(Finding, SeverityFollowsTheScore) {
  EXPECT_EQ(severity_of_score(0), Severity::kInfo);
  EXPECT_EQ(severity_of_score(1), Severity::kLow);
  EXPECT_EQ(severity_of_score(29), Severity::kLow);
  EXPECT_EQ(severity_of_score(30), Severity::kMedium);
  EXPECT_EQ(severity_of_score(70), Severity::kHigh);
  EXPECT_EQ(severity_of_score(95), Severity::kHigh) << "one witness is never critical";
  EXPECT_EQ(severity_of_score(95, 2), Severity::kCritical);
  EXPECT_EQ(severity_of_name("critical"), Severity::kCritical);
  EXPECT_EQ(severity_of_name("worst"), std::nullopt);
}

TEST(Finding, RowNamesSubjectReasonAndWitnesses) {
  Finding finding;
  finding.matcher = "webshell";
  finding.rule = "webshell.php";
  finding.severity = Severity::kHigh;
  finding.score = 80;
  finding.technique = "T1505.003";
  finding.subject.volume = "C:";
  finding.subject.path = "C:/inetpub/a.zip";
  finding.subject.members = {"b/c.php"};
  finding.reason = {"Runs what a visitor sends.", "訪問者が送った内容を実行します。"};
  finding.witnesses.push_back({"code.flow", 80, {"eval", "eval"}, {}, "eval($_POST[1]);\n"});
  EXPECT_EQ(finding_json(finding),
            R"({"severity":"high","score":80,"rule":"webshell.php","matcher":"webshell",)"
            R"("technique":"T1505.003","path":"C:/inetpub/a.zip//b/c.php",)"
            R"("reason_en":"Runs what a visitor sends.",)"
            R"("reason_ja":"訪問者が送った内容を実行します。","evidence":[{"witness":"code.flow",)"
            R"("score":80,"text_en":"eval","text_ja":"eval","excerpt":"eval($_POST[1]);\n"}],)"
            R"("count":1,"source":{"volume":"C:","path":"C:/inetpub/a.zip",)"
            R"("members":["b/c.php"]}})");
}

TEST(Finding, OrderIsWorstFirstAndTotal) {
  Finding low, high;
  low.severity = Severity::kLow;
  high.severity = Severity::kHigh;
  EXPECT_TRUE(comes_before(high, low));
  EXPECT_FALSE(comes_before(low, high));
  Finding other = high;
  other.rule = "z";
  EXPECT_TRUE(comes_before(high, other));
  EXPECT_FALSE(comes_before(high, high));
}

}  // namespace
}  // namespace konseki

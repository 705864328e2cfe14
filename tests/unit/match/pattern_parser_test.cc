#include "agent/match/stix/pattern_parser.h"

#include <gmock/gmock.h>

namespace konseki::stix {
namespace {

using ::testing::HasSubstr;

std::string error_of(std::string_view text, Version version = Version::k21) {
  const auto parsed = parse_pattern(text, version);
  return parsed ? "" : parsed.error().detail + " " + parsed.error().advice.en;
}

Pattern parsed(std::string_view text, Version version = Version::k21) {
  auto pattern = parse_pattern(text, version);
  EXPECT_TRUE(pattern) << (pattern ? "" : pattern.error().describe(Language::kEnglish));
  return pattern ? *std::move(pattern) : Pattern{};
}

TEST(PatternParser, ReadsPathsOperatorsAndConstants) {
  const Pattern pattern =
      parsed("[network-traffic:extensions.'http-request-ext'[*].x[2] NOT <= +4]");
  const Comparison& comparison = pattern.root.test.comparison;
  EXPECT_EQ(comparison.path.type, "network-traffic");
  ASSERT_EQ(comparison.path.steps.size(), 5U);
  EXPECT_EQ(comparison.path.steps[1].key, "http-request-ext");
  EXPECT_EQ(comparison.path.steps[2].kind, PathStep::Kind::kAny);
  EXPECT_EQ(comparison.path.steps[4].index, 2);
  EXPECT_EQ(comparison.op, Operator::kLessEqual);
  EXPECT_TRUE(comparison.negated);
  EXPECT_EQ(comparison.values.front().integer, 4);
}

TEST(PatternParser, AndBindsTighterThanOrThanFollowedBy) {
  const Pattern pattern = parsed("[a:b=1] OR [a:b=2] AND [a:b=3] FOLLOWEDBY [a:b=4]");
  EXPECT_EQ(pattern.root.kind, Expression::Kind::kFollowedBy);
  EXPECT_EQ(pattern.root.children[0].kind, Expression::Kind::kOr);
  EXPECT_EQ(pattern.root.children[0].children[1].kind, Expression::Kind::kAnd);
}

TEST(PatternParser, QualifiersBindToWhatStandsBefore) {
  const Pattern pattern = parsed("[a:b=1] AND [a:b=2] REPEATS 3 TIMES WITHIN 1.0000000001 SECONDS");
  EXPECT_TRUE(pattern.root.qualifiers.empty());
  const auto& qualifiers = pattern.root.children[1].qualifiers;
  ASSERT_EQ(qualifiers.size(), 2U);
  EXPECT_EQ(qualifiers[0].times, 3U);
  EXPECT_TRUE(qualifiers[1].duration == 1'000'000'001) << "rounded up";
  EXPECT_EQ(qualifiers[1].written, "WITHIN 1.0000000001 SECONDS");
}

TEST(PatternParser, BlanksAndCommentsStandAnywhere) {
  parsed("\xE3\x80\x80[ /* what */ a:b // to the end\n = 1 ]\t");
  EXPECT_THAT(error_of("[a:b = 1] /* no end"), HasSubstr("1:11 the comment"));
}

TEST(PatternParser, StringsKnowTwoEscapes) {
  EXPECT_EQ(parsed(R"([a:b = 'it\'s \\'])").root.test.comparison.values.front().text, R"(it's \)");
  EXPECT_THAT(error_of(R"([a:b = 'x\n'])"), HasSubstr("1:10 only"));
  EXPECT_THAT(error_of("[a:b = 'x]"), HasSubstr("1:8 the quotation does not end"));
}

TEST(PatternParser, BinaryConstantsAreStrict) {
  EXPECT_EQ(parsed("[a:b = h'00fF']").root.test.comparison.values.front().text,
            std::string("\0\xFF", 2));
  EXPECT_EQ(parsed("[a:b = b'AP8=']").root.test.comparison.values.front().text,
            std::string("\0\xFF", 2));
  EXPECT_NE(error_of("[a:b = h'0']"), "");
  EXPECT_NE(error_of("[a:b = h'0g']"), "");
  EXPECT_NE(error_of("[a:b = b'AP8']"), "");
  EXPECT_NE(error_of("[a:b = b'A===']"), "");
}

TEST(PatternParser, TimestampsAreOfTheCalendar) {
  EXPECT_EQ(error_of("[a:b = t'2024-02-29T23:59:60Z']"), "");
  EXPECT_NE(error_of("[a:b = t'2023-02-29T00:00:00Z']"), "");
  EXPECT_NE(error_of("[a:b = t'2024-01-01t00:00:00Z']"), "");
  EXPECT_NE(error_of("[a:b = t'2024-01-01T00:00:00.Z']"), "");
  EXPECT_TRUE(*parse_instant("2016-12-31T23:59:60Z") == *parse_instant("2017-01-01T00:00:00Z"));
  EXPECT_TRUE(*parse_instant("1969-12-31T23:59:59.5Z") == -500'000'000);
}

TEST(PatternParser, ErrorsSayWhereInCharacters) {
  EXPECT_THAT(error_of("[a:b = 'あ' OR\n  a:c ~ 1]"), HasSubstr("2:7 "));
  EXPECT_THAT(error_of("[file:name = ]"), HasSubstr("1:14 expected a constant"));
  EXPECT_THAT(error_of("file:name = 1"), HasSubstr("1:1 expected [ or ("));
  EXPECT_THAT(error_of("[a:b = 1"), HasSubstr("1:9 expected ]"));
  EXPECT_THAT(error_of(""), HasSubstr("1:1 "));
}

TEST(PatternParser, RefusesWhatTheStandardForbids) {
  for (const char* text :
       {"[a:b = null]", "[a:b < true]", "[a:b LIKE 1]", "[a:b IN (1, 'x')]",
        "[a:b = 1] WITHIN 0 SECONDS", "[a:b = 1] REPEATS 0 TIMES",
        "[a:b = 1] REPEATS 2 TIMES REPEATS 2 TIMES", "[a:b-c = 1]", "[NOT a:b = 1]", "[a:b = 007]",
        "[a:b = 1] START '2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
        "[a:b = 99999999999999999999]", "[a:b MATCHES '(']"}) {
    EXPECT_NE(error_of(text), "") << text;
  }
}

TEST(PatternParser, Version20TakesItsOldForms) {
  EXPECT_EQ(error_of("[a:b = 1] REPEATS 2 TIMES REPEATS 2 TIMES", Version::k20), "");
  EXPECT_EQ(
      error_of("[a:b = 1] START '2020-01-01T00:00:00Z' STOP '2021-01-01T00:00:00Z'", Version::k20),
      "");
}

TEST(PatternParser, FindsTestsThatNoObjectCanFit) {
  EXPECT_TRUE(holds_impossible_test(parsed("[file:name = 'x' AND process:pid = 1]")));
  EXPECT_TRUE(holds_impossible_test(parsed("[ipv4-addr:value ISSUBSET 'host']")));
  EXPECT_FALSE(holds_impossible_test(parsed("[file:name = 'x' OR process:pid = 1]")));
  EXPECT_FALSE(holds_impossible_test(parsed("[(a:b = 1 OR c:d = 1) AND c:e = 1]")));
}

}  // namespace
}  // namespace konseki::stix

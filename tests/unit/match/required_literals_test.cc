// Literals that must occur, and the filter that looks for them.
#include "agent/match/indicators/required_literals.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "agent/match/indicators/literal_filter.h"
#include "agent/match/stix/text_pattern.h"

namespace konseki::testing {
namespace {

std::string literals(std::string_view pattern) {
  const auto found = literals_of_regex(pattern);
  if (!found) return "-";
  std::string out;
  for (const std::string& each : *found) out += (out.empty() ? "" : "|") + each;
  return out;
}

TEST(RequiredLiterals, TheLongestThatMustOccurIsTaken) {
  EXPECT_EQ(literals(R"(\\Temp\\[a-z]{8}\.exe$)"), "temp");
  EXPECT_EQ(literals(R"((?i)\\(mimikatz|lsadump)\.exe$)"), "mimikatz.exe|lsadump.exe");
  EXPECT_EQ(literals(R"([Pp]wdump\d*\.exe)"), "pwdump");
  EXPECT_EQ(literals(R"(a.*b)"), "-");
  EXPECT_EQ(literals(R"((abc|de))"), "-");
  EXPECT_EQ(literals(R"((abc|def)?)"), "-");
  EXPECT_EQ(literals(R"((abc|def)+)"), "abc|def");
  EXPECT_EQ(literals(R"((abcd){0,2}xyz)"), "xyz");
  EXPECT_EQ(literals(R"((?<!not)evil)"), "evil");
  EXPECT_EQ(literals(R"(evil(?=\.exe))"), "evil");
  EXPECT_EQ(literals(R"(ABC/DEFG\\HI)"), "defg");
  EXPECT_EQ(literals(R"(colou?r)"), "colour|color");
  EXPECT_EQ(literals(R"((?x) a b c)"), "-");
  EXPECT_EQ(literals(R"(ab\Qc.d\E)"), "-");
  EXPECT_EQ(literals("日本語evil"), "evil");
  EXPECT_EQ(literals(R"(\\AppData\\Roaming\\[a-z]+\\abcd\.js)"), "abcd.js") << "not of every host";
  EXPECT_EQ(literals(R"(\\Windows\\(Temp|abc)\\)"), "windows");
}

TEST(RequiredLiterals, LikeAndText) {
  EXPECT_THAT(*literals_of_like("%ab_cdef%"), ::testing::ElementsAre("cdef"));
  EXPECT_EQ(literals_of_like("%a_b%"), std::nullopt);
  EXPECT_THAT(*literals_of_text("C:\\Windows\\x"), ::testing::ElementsAre("windows"));
}

// Whatever an expression finds holds one of its literals: expressions and texts at random.
TEST(RequiredLiterals, NeverLeaveOutAMatch) {
  std::mt19937 random(7);
  const std::vector<std::string> parts = {
      "a",    "b",         "ab",    "abc", "(ab|ba)",     "(abc|bca)", "[ab]",      "[^a]",  ".",
      "(?i)", "a?",        "(ab)?", "b*",  "(abc)+",      "a{2}",      "(ab){1,2}", "$",     "^",
      "\\.",  "(?:a|bc|)", "(?=a)", "\\w", "(a|(b|ab))c", "A",         "[Aa]bc",    "b{0,1}"};
  int matched = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string pattern;
    const auto count = 1 + random() % 6;
    for (unsigned i = 0; i < count; ++i) {
      pattern += parts[random() % parts.size()];
      if (random() % 9 == 0) pattern += "|";
    }
    const auto compiled = stix::compile_matches(pattern);
    if (!compiled) continue;
    const auto needed = literals_of_regex(pattern);
    for (int n = 0; n < 12; ++n) {
      std::string text;
      const auto size = random() % 12;
      for (unsigned i = 0; i < size; ++i) text += "aabbcA."[random() % 7];
      if (!(*compiled)->matches_text(text).value_or(false) || !needed) continue;
      ++matched;
      std::string folded;
      fold_for_filter(text, folded);
      ASSERT_TRUE(std::any_of(
          needed->begin(), needed->end(),
          [&](const std::string& each) { return folded.find(each) != std::string::npos; }))
          << pattern << " in " << text;
    }
  }
  EXPECT_GT(matched, 300);
}

TEST(LiteralFilter, FindsEveryPlaceAndNothingElse) {
  const std::vector<std::string> all = {"abc", "abcd", "bcd", "windows", "zzzz", "indow", "dow"};
  LiteralFilter filter;
  for (std::uint32_t i = 0; i < all.size(); ++i) filter.add(all[i], i);
  filter.seal();
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (unsigned n = random() % 6; n > 0; --n) {
      text +=
          random() % 2 == 0 ? all[random() % all.size()] : std::string(1, "abcdwz"[random() % 6]);
    }
    std::vector<bool> found(all.size());
    filter.scan(text, [&](std::uint32_t id) { found[id] = true; });
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_EQ(found[i], text.find(all[i]) != std::string::npos) << all[i] << " in " << text;
    }
  }
}

TEST(LiteralFilter, FoldsWhatBecomesAscii) {
  std::string out;
  fold_for_filter(
      "\xE2\x84\xAA\xC5\xBF"
      "A\xE3\x81\x82",
      out);
  EXPECT_EQ(out, "ksa\xE3\x81\x82");
}

}  // namespace
}  // namespace konseki::testing

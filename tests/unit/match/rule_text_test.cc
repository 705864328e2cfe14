#include "agent/match/yara/rule_text.h"

#include <gtest/gtest.h>

namespace konseki::yara {
namespace {

TEST(RuleText, TellsRulesApart) {
  const std::string text =
      "import \"pe\"\ninclude \"b.yar\" // rule no {\n"
      "private global rule one : x y { meta: a = \"}\" b = -1 strings: $a = { 4d 5a /* } */ [2-4] "
      "}\n"
      " $b = /a\\/}{1,2}/i $c = \"\\\"}\" wide xor(1-2) condition: any of them }\n"
      "rule two { condition: one and x contains \"a\" and \"b\" == y.z }";
  const RuleText rules = split_rules(text);
  ASSERT_TRUE(rules.sound);
  ASSERT_EQ(rules.pieces.size(), 4u);
  EXPECT_EQ(rules.pieces[0].kind, RulePiece::Kind::kImport);
  EXPECT_EQ(rules.pieces[1].name, "b.yar");
  EXPECT_EQ(rules.pieces[2].name, "one");
  EXPECT_TRUE(rules.pieces[2].is_private);
  EXPECT_TRUE(rules.pieces[2].is_global);
  EXPECT_EQ(rules.pieces[2].line, 3u);
  EXPECT_EQ(rules.pieces[2].last_line, 4u);
  EXPECT_EQ(rules.pieces[3].compared, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(without_pieces(text, rules, {false, false, true, true}).substr(0, 40),
            text.substr(0, 40));
}

TEST(RuleText, GivesUpOnWhatItCannotTell) {
  for (const char* text : {"rule a { condition: true", "rule a { strings: $a = \"x condition: $a }",
                           "rul a { condition: true }", "/* rule a { condition: true }",
                           "rule a { strings: $a = { 00 condition: $a }"}) {
    EXPECT_FALSE(split_rules(text).sound) << text;
  }
  EXPECT_TRUE(split_rules("").sound);
  EXPECT_TRUE(split_rules("rule a{condition:any of (b*)}").counts_rules);
}

}  // namespace
}  // namespace konseki::yara

#include "agent/match/yara/rule_text.h"

#include <gtest/gtest.h>

namespace konseki::yara {
namespace {

constexpr FileHead kMz{0x5a4d, 0xffff};
constexpr FileHead kElf{0x464c457f, 0xffffffff};
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

RuleGuard guard(const std::string& condition, const std::string& strings = "") {
  std::string text = "rule a {";
  if (!strings.empty()) text += " strings: " + strings;
  const RuleText rules = split_rules(text + " condition: " + condition + " }");
  EXPECT_TRUE(rules.sound);
  return rules.pieces.at(0).guard;
}

bool may_be(const RuleGuard& guard, const FileHead& head, std::uint64_t size = 1000) {
  return guard.may_hold(head, size, size);
}

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

TEST(RuleGuard, ReadsWhatAFileMustBe) {
  EXPECT_FALSE(may_be(guard("uint16(0) == 0x5a4d and $a"), kElf));
  EXPECT_TRUE(may_be(guard("uint16(0) == 0x5a4d and $a"), kMz));
  EXPECT_FALSE(may_be(guard("0x4D5A == uint16be(0)"), kElf));
  EXPECT_FALSE(may_be(guard("(uint32(0) == 0x464c457f or uint16(0) == 0x457f) and $a"), kMz));
  EXPECT_FALSE(may_be(guard("uint8(1) == 0x45"), kMz));
  EXPECT_FALSE(may_be(guard("filesize < 10KB and all of them"), kMz, 10240));
  EXPECT_TRUE(may_be(guard("filesize < 10KB and all of them"), kMz, 10239));
  EXPECT_FALSE(may_be(guard("2MB <= filesize"), kMz, 100));
  EXPECT_FALSE(may_be(guard("$a at 0", "$a = { 7f 45 ?? 46 }"), kMz));
  EXPECT_FALSE(may_be(guard("$a at 0 and $b", "$a = \"MZ\" $b = /x/"), kElf));
  EXPECT_FALSE(may_be(guard("pe.imphash() == \"a\""), kElf));
  EXPECT_FALSE(may_be(guard("elf.machine == elf.EM_X86_64"), kMz));
}

// Whatever might let a rule fire must leave the guard open.
TEST(RuleGuard, TakesAllElseAsPossible) {
  for (const char* condition :
       {"not uint16(0) == 0x5a4d", "uint16(0) != 0x5a4d", "uint16(0) == 0x5a4d or $a",
        "uint16(0x3c) == 0x5a4d", "uint16(0) == 0x5a4d + 1", "not (filesize < 1KB)",
        "$a and (uint16(0) == 0x5a4d or any of them)",
        "for any i in (1, 2) : (uint16(0) == 0x5a4d)", "pe.number_of_sections == 0",
        "pe.is_pe == 0", "pe.x != 1", "not pe.is_dll()", "not defined pe.x", "pe.DLL", "true",
        "uint32(0) == filesize", "x contains \"a\""}) {
    EXPECT_TRUE(may_be(guard(condition), kElf)) << condition;
    EXPECT_TRUE(guard(condition).may_hold({}, 0, 0)) << condition;
    EXPECT_TRUE(guard(condition).may_hold({}, kAll, kAll)) << condition;
  }
  EXPECT_TRUE(may_be(guard("$a at 0", "$a = \"MZ\" wide"), kElf));
  EXPECT_TRUE(may_be(guard("$a at 0", "$a = \"MZ\" nocase"), kElf));
  EXPECT_TRUE(may_be(guard("$a at 0", "$a = { ( 4d | 7f ) 45 }"), kElf));
  EXPECT_TRUE(may_be(guard("uint16(0) == 0x5a4d"), FileHead{}));
}

}  // namespace
}  // namespace konseki::yara

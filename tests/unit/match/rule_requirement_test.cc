#include <gtest/gtest.h>

#include <set>

#include "agent/match/yara/rule_text.h"

namespace konseki::yara {
namespace {

constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

RulePiece rule(const std::string& condition, const std::string& strings = "") {
  std::string text = "rule a {";
  if (!strings.empty()) text += " strings: " + strings;
  const RuleText rules = split_rules(text + " condition: " + condition + " }");
  EXPECT_TRUE(rules.sound) << condition;
  return rules.pieces.at(0);
}

// Whether the condition may hold for such a file in which only the strings `found` stand.
bool may(const RulePiece& piece, const Circumstances& known, const std::set<std::string>& found) {
  return may_hold(
      piece.requirement, known,
      [&](std::uint32_t string) { return found.contains(piece.strings.at(string).name); },
      [](const std::string&) { return true; });
}

bool may_be(const RulePiece& piece, const FileHead& head, std::uint64_t size = 1000,
            const std::set<std::string>& found = {"a", "a1", "a2", "b", ""}) {
  return may(piece, {head, size, true, false}, found);
}

const char kStrings[] = "$a1 = \"first\" $a2 = \"second\" $b = \"third\"";

bool with(const std::string& condition, const std::set<std::string>& found) {
  return may_be(rule(condition, kStrings), kElfHead, 1000, found);
}

TEST(Requirement, ReadsWhatAFileMustBe) {
  EXPECT_FALSE(may_be(rule("uint16(0) == 0x5a4d and $a"), kElfHead));
  EXPECT_TRUE(may_be(rule("uint16(0) == 0x5a4d and $a"), kMzHead));
  EXPECT_FALSE(may_be(rule("0x4D5A == uint16be(0)"), kElfHead));
  EXPECT_FALSE(may_be(rule("(uint32(0) == 0x464c457f or uint16(0) == 0x457f) and $a"), kMzHead));
  EXPECT_FALSE(may_be(rule("uint8(1) == 0x45"), kMzHead));
  EXPECT_FALSE(may_be(rule("filesize < 10KB and all of them"), kMzHead, 10240));
  EXPECT_TRUE(may_be(rule("filesize < 10KB and all of them"), kMzHead, 10239));
  EXPECT_FALSE(may_be(rule("2MB <= filesize"), kMzHead, 100));
  EXPECT_FALSE(may_be(rule("$a at 0", "$a = { 7f 45 ?? 46 }"), kMzHead));
  EXPECT_FALSE(may_be(rule("$a at 0 and $b", "$a = \"MZ\" $b = /x/"), kElfHead));
  EXPECT_FALSE(may_be(rule("pe.imphash() == \"a\""), kElfHead));
  EXPECT_FALSE(may_be(rule("elf.machine == elf.EM_X86_64"), kMzHead));
  EXPECT_FALSE(may_be(rule("false or uint8(0) == 1"), kMzHead));
}

// Whatever might let a rule fire must be let through.
TEST(Requirement, TakesAllElseAsPossible) {
  for (const char* condition : {"not uint16(0) == 0x5a4d",
                                "uint16(0) != 0x5a4d",
                                "uint16(0) == 0x5a4d or x",
                                "uint16(0x3c) == 0x5a4d",
                                "uint16(0) == 0x5a4d + 1",
                                "not (filesize < 1KB)",
                                "x and (uint16(0) == 0x5a4d or y)",
                                "for all i in (1, 2) : (uint16(0) == 0x5a4d)",
                                "pe.number_of_sections == 0",
                                "pe.is_pe == 0",
                                "pe.x != 1",
                                "not pe.is_dll()",
                                "not defined pe.x",
                                "pe.DLL",
                                "true",
                                "uint32(0) == filesize",
                                "x contains \"a\"",
                                "for any i in (1, 2) : (i)",
                                "none of them",
                                "0 of them",
                                "not $b",
                                "#a1 < 2",
                                "#a1 == 0",
                                "#a1 >= 0",
                                "for any of them : (# < 3)",
                                "for any of them : ($ at 0 or # == 0)",
                                "for all of ($a*) : (@ > 3)",
                                "@a1 < 10",
                                "any of (rule_*)",
                                "20% of them",
                                "for any of them : (not $)",
                                "x or false"}) {
    EXPECT_TRUE(may_be(rule(condition, kStrings), kElfHead, 1000, {})) << condition;
    EXPECT_TRUE(may_be(rule(condition, kStrings), {}, 0, {})) << condition;
    EXPECT_TRUE(may_be(rule(condition, kStrings), {}, kAll, {})) << condition;
  }
  EXPECT_TRUE(may_be(rule("$a at 0", "$a = \"MZ\" wide"), kElfHead));
  EXPECT_TRUE(may_be(rule("$a at 0", "$a = \"MZ\" nocase"), kElfHead));
  EXPECT_TRUE(may_be(rule("$a at 0", "$a = { ( 4d | 7f ) 45 }"), kElfHead));
  EXPECT_TRUE(may_be(rule("uint16(0) == 0x5a4d"), FileHead{}));
}

TEST(Requirement, CountsStrings) {
  EXPECT_FALSE(with("$a1 and $b", {"a1"}));
  EXPECT_TRUE(with("$a1 and $b", {"a1", "b"}));
  EXPECT_FALSE(with("any of ($a*)", {"b"}));
  EXPECT_TRUE(with("any of ($a*)", {"a2"}));
  EXPECT_FALSE(with("all of them", {"a1", "b"}));
  EXPECT_FALSE(with("2 of ($a*, $b)", {"b"}));
  EXPECT_TRUE(with("2 of ($a*, $b)", {"b", "a1"}));
  EXPECT_FALSE(with("4 of them", {"a1", "a2", "b"}));
  EXPECT_FALSE(with("70% of them", {"a1"}));
  EXPECT_FALSE(with("#a1 > 3", {"b"}));
  EXPECT_FALSE(with("$b in (0..100)", {"a1"}));
  EXPECT_FALSE(with("$b at uint32(3)", {"a1"}));
  EXPECT_FALSE(with("any of ($a*) in (filesize-100..filesize)", {"b"}));
  EXPECT_FALSE(with("for any of ($a*) : ($ at 3 or # > 2)", {"b"}));
  EXPECT_TRUE(with("for any of ($a*) : ($ at 3 or # > 2)", {"a1"}));
  EXPECT_FALSE(with("for any i in (1..3) : (i > 2 and $a1)", {"b"}));
  EXPECT_FALSE(with("(x and $a1) or (y and ($a2 or $b and $a1))", {"b"}));
}

std::vector<std::string> needles(const std::string& definition) {
  const RulePiece piece = rule("$a", "$a = " + definition);
  std::vector<std::string> out;
  for (const Needle& needle : piece.strings.at(0).needles) {
    out.push_back(needle.bytes + (needle.any_case ? "/i" : ""));
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(RuleString, TellsWhatOccursWhereverItIsFound) {
  EXPECT_EQ(needles("\"ab\\x41\\\"\\\\\""), (Texts{"abA\"\\"}));
  EXPECT_EQ(needles("\"Text\" nocase"), (Texts{"Text/i"}));
  EXPECT_EQ(needles("\"Text\" wide ascii"), (Texts{"Text", std::string("T\0e\0x\0t\0", 8)}));
  EXPECT_EQ(needles("{ 41 42 43 44 45 ?? 46 47 /* 48 */ [2-4] 31 32 33 34 35 36 }"),
            (Texts{"123456"}));
  EXPECT_EQ(needles("{ 41 42 43 44 ( 45 46 47 48 49 | 50 ) 4? 31 }"), (Texts{"ABCD"}));
  EXPECT_EQ(needles("/ab(cdefg|hijkl)+m?no/i"), (Texts{"cdefg/i", "hijkl/i"}));
  EXPECT_EQ(needles("/[a-z]+\\.example\\/x{2}y/"), (Texts{".example/x"}));
  EXPECT_EQ(needles("/abc*defg/"), (Texts{"defg"}));
  EXPECT_EQ(needles("/first|second/"), (Texts{"first", "second"}));
  EXPECT_EQ(needles("\"secrets are here\" base64").size(), 3u);
  EXPECT_EQ(needles("\"secret\" xor").size(), 256u);
}

TEST(RuleString, LeavesUnknownWhatItCannotTell) {
  for (const char* definition :
       {"\"MZ\"", "/a.c/", "/first|[a-z]+/", "/(longer)?/", "/(longer){0,2}/", "{ 41 ?? 42 }",
        "{ ( 41 42 43 44 | 45 46 47 48 ) }", "\"abc\" base64", "/\\pLong/",
        "\"secrets are here\" "
        "base64(\"!@#$%^&*(){}[].,|ABCDEFGHIJ\\x09LMNOPQRSTUVWXYZabcdefghijklmnopqrstu\")"}) {
    EXPECT_EQ(needles(definition), Texts()) << definition;
  }
}

}  // namespace
}  // namespace konseki::yara

#include "agent/artifact/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace konseki {
namespace {

TEST(Glob, StarTakesAnyRunEvenALeadingDot) {
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("*", ".bashrc"));
  EXPECT_TRUE(glob_matches("*.log", ".log"));
  EXPECT_TRUE(glob_matches("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(glob_matches("a*b*c", "a-c-b"));
  EXPECT_FALSE(glob_matches("*.log", "x.log.1"));
}

TEST(Glob, QuestionMarkIsOneCharacter) {
  EXPECT_TRUE(glob_matches("?.txt", "痕.txt"));
  EXPECT_FALSE(glob_matches("??.txt", "痕.txt"));
  EXPECT_TRUE(glob_matches("??", "\xff\xfe"));
  EXPECT_FALSE(glob_matches("?", ""));
}

TEST(Glob, Sets) {
  EXPECT_TRUE(glob_matches("MAPPING[1-3].MAP", "MAPPING2.MAP"));
  EXPECT_FALSE(glob_matches("MAPPING[1-3].MAP", "MAPPING4.MAP"));
  EXPECT_TRUE(glob_matches("[!a]x", "bx"));
  EXPECT_FALSE(glob_matches("[^a]x", "ax"));
  EXPECT_TRUE(glob_matches("[]]x", "]x"));
  EXPECT_TRUE(glob_matches("[a-]x", "-x"));
  EXPECT_TRUE(glob_matches("[あ-ん]", "か"));
  EXPECT_TRUE(glob_matches("a[b", "a[b"));
  EXPECT_FALSE(has_glob("a[b"));
  EXPECT_TRUE(has_glob("a[b]"));
}

TEST(Glob, EscapedTextMatchesItselfAlone) {
  std::mt19937 random(1);
  const std::string alphabet = "ab*?[]!-^";
  for (int round = 0; round < 2000; ++round) {
    std::string text, other;
    for (unsigned i = 0; i < random() % 6; ++i) text += alphabet[random() % alphabet.size()];
    for (unsigned i = 0; i < random() % 6; ++i) other += alphabet[random() % alphabet.size()];
    EXPECT_TRUE(glob_matches(escape_glob(text), text)) << text;
    EXPECT_EQ(glob_matches(escape_glob(text), other), text == other) << text << " " << other;
  }
}

// The definition itself, slow and plain.
bool plain_match(std::string_view glob, std::string_view name) {
  if (glob.empty()) return name.empty();
  if (glob[0] == '*') {
    return plain_match(glob.substr(1), name) ||
           (!name.empty() && plain_match(glob, name.substr(1)));
  }
  return !name.empty() && (glob[0] == '?' || glob[0] == name[0]) &&
         plain_match(glob.substr(1), name.substr(1));
}

TEST(Glob, AgreesWithTheDefinition) {
  std::mt19937 random(2);
  for (int round = 0; round < 20000; ++round) {
    std::string glob, name;
    for (unsigned i = 0; i < random() % 8; ++i) glob += "ab*?"[random() % 4];
    for (unsigned i = 0; i < random() % 8; ++i) name += "ab"[random() % 2];
    ASSERT_EQ(glob_matches(glob, name), plain_match(glob, name)) << glob << " " << name;
  }
}

TEST(Glob, HostilePatternsStayCheap) {
  std::string glob;
  for (int i = 0; i < 100; ++i) glob += "a*";
  const std::string name(255, 'a');
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob_matches(glob + "b", name));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

}  // namespace
}  // namespace konseki

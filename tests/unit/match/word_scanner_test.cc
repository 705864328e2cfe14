#include "agent/match/webshell/word_scanner.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace konseki::webshell {
namespace {

constexpr auto kWords = std::to_array<std::string_view>(
    {"$_get", "exec", "chr(", "shell", "bind shell", "\\x", "zz", "a zebra"});

TEST(WordScanner, EachWordIsFoundWhereverItStands) {
  const WordScanner scanner(kWords);
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    const std::string word(kWords[i]);
    for (const std::string& text : {word, "  " + word, word + "  ", "e" + word + "e"}) {
      std::vector<bool> found;
      EXPECT_TRUE(scanner.scan(text, found)) << text;
      ASSERT_EQ(found.size(), kWords.size());
      EXPECT_TRUE(found[i]) << text;
      EXPECT_TRUE(scanner.any(text)) << text;
    }
  }
}

TEST(WordScanner, CaseOfLettersDoesNotMatter) {
  const WordScanner scanner(kWords);
  std::vector<bool> found;
  EXPECT_TRUE(scanner.scan("BIND SHELL, Chr(1)", found));
  EXPECT_TRUE(found[2] && found[3] && found[4]);
  EXPECT_FALSE(found[0] || found[1] || found[5] || found[6] || found[7]);
}

TEST(WordScanner, PartsOfWordsAreNoWords) {
  const WordScanner scanner(kWords);
  std::vector<bool> found;
  for (const std::string_view text :
       {"", "$", "$_ge", "_get", "exe", "xec", "chr", "hr(", "shel", "hell", "zebra", "z", "\\"}) {
    EXPECT_FALSE(scanner.any(text)) << text;
    EXPECT_FALSE(scanner.scan(text, found)) << text;
  }
}

}  // namespace
}  // namespace konseki::webshell

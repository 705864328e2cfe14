// The two engines of MATCHES, against each other.
#include "agent/match/stix/text_pattern.h"

#include <gmock/gmock.h>

#include "agent/match/stix/pcre_expression.h"
#include "agent/match/stix/re2_form.h"

namespace konseki::stix {
namespace {

constexpr std::string_view kTexts[] = {"",      "a",   "abc",      "abc\n",    "abc\n\n",
                                       "a\nb",  "a b", "A1_",      "é",        "日本語 テスト",
                                       "٣",     "\v",  "\xC2\x85", "\xC2\xA0", "a.exe",
                                       "a]b",   "$",   "a$\n",     "[x]",      "\\",
                                       "C:\\x", "{2}", "aa",       "aaa",      "-",
                                       "ſ",     "()",  "c+",       "\x7F",     "k"};

TEST(TextPattern, Re2FindsWhatPcreFinds) {
  std::size_t by_re2 = 0;
  for (const std::string_view pattern :
       {"^a",   "c$",     "a$|b$",   "(abc|b$)", "a.b",    "\\d",      "\\D",   "\\w+$",
        "\\W",  "\\s",    "\\S",     "[\\d_]",   "[^\\w]", "[]x]",     "[^]x]", "[[x]",
        "a{2}", "a{1,}",  "\\.exe",  "(?:a|b)c", "\\x61",  "[a-c]+",   "\\\\",  "\\$",
        "a*?b", "^$",     "\\[x\\]", "^\\s*$",   "日.語",  "[日-語]+", "(a$)",  "\\t|\\n",
        "",     "[\\s-]", "c\\+",    "[.$]"}) {
    const auto form = re2_form(pattern, true);
    const auto pcre = compile_pcre(pattern, true);
    ASSERT_TRUE(pcre) << pattern;
    const auto ours = compile_matches(pattern);
    ASSERT_TRUE(ours) << pattern;
    by_re2 += form ? 1 : 0;
    for (const std::string_view text : kTexts) {
      EXPECT_EQ((*ours)->matches_text(text).value(), (*pcre)->search(to_nfc(text)).value())
          << pattern << " on '" << text << "'";
    }
  }
  EXPECT_GT(by_re2, 30U);
}

TEST(TextPattern, PcreOnlyWhereRe2CannotSayIt) {
  for (const char* pattern :
       {"(?=a)", "(a)\\1", "\\bx", "a++", "(?i)x", "[[:alpha:]]", "a$b", "\\R"}) {
    EXPECT_FALSE(re2_form(pattern, true)) << pattern;
    EXPECT_TRUE(compile_matches(pattern)) << pattern;
  }
  EXPECT_TRUE((*compile_matches("(?i)EVIL(?!\\.txt)"))->matches_text("an evil.exe").value());
}

TEST(TextPattern, BytesAreNoCharacters) {
  EXPECT_TRUE((*compile_matches("^.$"))->matches_bytes("\xE9").value());
  EXPECT_FALSE((*compile_matches("^.$"))->matches_bytes("\xC3\xA9").value());
  EXPECT_TRUE((*compile_matches("^\\xd4\\xc3"))->matches_bytes("\xD4\xC3\xB2").value());
  EXPECT_TRUE((*compile_like("\xC3\xA9%"))->matches_bytes("\xE9\xFF").value());
  EXPECT_TRUE((*compile_like("\xC3\xA9"))->matches_text("e\xCC\x81").value()) << "NFC";
}

TEST(TextPattern, ErrorsNameThePlace) {
  const auto bad = compile_matches("a(b");
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().detail, ::testing::HasSubstr("byte 3"));
}

}  // namespace
}  // namespace konseki::stix

#include "agent/base/cp932.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

std::string utf8(std::string_view text) {
  std::string out;
  append_cp932(out, text);
  return out;
}

TEST(Cp932, Characters) {
  EXPECT_EQ(utf8("abc\\"), "abc\\");
  EXPECT_EQ(utf8("\x95\x5C\x83\x5C\x94\x5C"), "表ソ能");  // second bytes are backslashes
  EXPECT_EQ(utf8("\xB1\xB2\xB3"), "ｱｲｳ");
  EXPECT_EQ(utf8("\x81\x60\x81\x7C"), "～－") << "as Windows maps them";
  EXPECT_EQ(utf8("\x87\x40\xFA\x40\xFB\xFC"), "①ⅰ髙");
  EXPECT_EQ(utf8("\xF0\x40\xF9\xFC"), "\xEE\x80\x80\xEE\x9D\x97");
}

TEST(Cp932, WhatItHas) {
  EXPECT_EQ(cp932_size_of('a'), 1U);
  EXPECT_EQ(cp932_size_of(0xFF71), 1U) << "half-width katakana";
  EXPECT_EQ(cp932_size_of(0x9AD9), 2U) << "髙";
  EXPECT_EQ(cp932_size_of(0x03B1), 2U) << "Greek is wide there";
  EXPECT_EQ(cp932_size_of(0xE9), 0U);
  EXPECT_EQ(cp932_size_of(0x1F600), 0U);
  EXPECT_EQ(cp932_size_of(0xFFFD), 0U);
  EXPECT_EQ(within_cp932("表ｱ①…\n"), "表ｱ①…\n");
  EXPECT_EQ(within_cp932("a — b · 〜 \u00e9\U0001F600"), "a - b ・ ～ <U+00E9><U+1F600>");
}

TEST(Cp932, WhatIsNoCharacter) {
  EXPECT_TRUE(is_cp932("\x95\x5C"));
  for (const char* bad : {"\x95", "\x81\x30", "\x81\xFF", "\x80", "\xA0", "\xFD", "\x85\x40"}) {
    EXPECT_FALSE(is_cp932(bad)) << static_cast<int>(static_cast<unsigned char>(bad[0]));
  }
  EXPECT_EQ(utf8("a\x80z\x95"), "a%80z%95");
}

}  // namespace
}  // namespace konseki

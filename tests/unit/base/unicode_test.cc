#include "agent/base/unicode.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Unicode, JoinsSurrogatePairsAndKeepsLoneOnes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(utf16le_to_wtf8(bytes_of("\x3D\xD8\x00\xDE"sv)), "\xF0\x9F\x98\x80");
  EXPECT_EQ(utf16le_to_wtf8(bytes_of("\x00\xD8\x41\x00"sv)),
            "\xED\xA0\x80"
            "A");
  EXPECT_EQ(utf16le_to_wtf8_until_nul(bytes_of("\x41\x00\x00\x00\x42\x00"sv)), "A");
}

TEST(Unicode, RefusesOverlongAndSurrogates) {
  EXPECT_FALSE(is_well_formed_utf8("\xC0\x80"));
  EXPECT_FALSE(is_well_formed_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_well_formed_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_well_formed_utf8("\xE3\x81"));
  EXPECT_TRUE(is_well_formed_utf8("痕跡"));
  EXPECT_EQ(to_well_formed("\xE3\x81"), "%E3%81");
}

TEST(Unicode, FoldsCaseAsWindowsNamesDo) {
  EXPECT_EQ(fold_case("WinDOWS"), "windows");
  EXPECT_EQ(fold_case("ÀÉÎ"), "àéî");
  EXPECT_EQ(fold_case("ДОКУМЕНТ"), "документ");
  EXPECT_EQ(fold_case("ＡＢＣ痕跡"), "ａｂｃ痕跡");
  EXPECT_EQ(fold_case("\xFF\xFE"), "\xFF\xFE");
}

}  // namespace
}  // namespace konseki

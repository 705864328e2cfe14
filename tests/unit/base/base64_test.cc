#include "agent/base/base64.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

TEST(Base64, MatchesTheVectorsOfTheStandard) {
  const std::pair<const char*, const char*> kVectors[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : kVectors) {
    const auto bytes = std::as_bytes(std::span(plain, std::string_view(plain).size()));
    EXPECT_EQ(base64_encode(bytes), coded);
    std::string bare = coded;
    while (bare.ends_with('=')) bare.pop_back();
    EXPECT_EQ(base64_encode(bytes, false), bare);
    const std::vector<std::byte> expected(bytes.begin(), bytes.end());
    EXPECT_EQ(base64_decode(coded), expected);
    EXPECT_EQ(base64_decode(bare), expected);
  }
}

TEST(Base64, RefusesOtherText) {
  EXPECT_FALSE(base64_decode("Zg=x"));
  EXPECT_FALSE(base64_decode("Zm9v Zm9v"));
  EXPECT_FALSE(base64_decode("Zm9vY"));
  EXPECT_FALSE(base64_decode("==="));
}

}  // namespace
}  // namespace konseki

#include "agent/kit/kit_list.h"

#include <gtest/gtest.h>

#include "agent/base/digest.h"

namespace konseki {
namespace {

const std::string kDigest(64, 'a');

bool reads(const std::string& lines) {
  return parse_kit_list("konseki kit list 1\n" + lines).has_value();
}

TEST(KitList, ReadsWhatItWrote) {
  KitList list;
  list["konseki"] = {12, sha256_of({})};
  list["a folder/名前 b"] = {0, {}};
  const std::string text = write_kit_list(list);
  const auto read = parse_kit_list(text);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, list);
}

TEST(KitList, EveryByteIsBound) {
  EXPECT_TRUE(reads(""));
  EXPECT_TRUE(reads(kDigest + "  1  a\n" + kDigest + "  2  b\n"));
  EXPECT_FALSE(reads(kDigest + "  2  b\n" + kDigest + "  1  a\n"));  // order
  EXPECT_FALSE(reads(kDigest + "  1  a\n" + kDigest + "  1  a\n"));  // twice
  EXPECT_FALSE(reads(kDigest + "  1  a"));                           // cut off
  EXPECT_FALSE(reads(kDigest + "  01  a\n"));
  EXPECT_FALSE(reads(kDigest + "  -1  a\n"));
  EXPECT_FALSE(reads(kDigest + "  99999999999999999999  a\n"));
  EXPECT_FALSE(reads(kDigest + "  1  \n"));
  EXPECT_FALSE(reads(kDigest + " 1  a\n"));
  EXPECT_FALSE(reads(std::string(64, 'A') + "  1  a\n"));
  EXPECT_FALSE(reads(kDigest.substr(1) + "  1  a\n"));
  EXPECT_FALSE(reads("\n"));
  EXPECT_FALSE(parse_kit_list("konseki kit list 2\n"));
}

TEST(KitList, PathsStayInside) {
  for (const char* path : {"/a", "../a", "a/../b", "a//b", "a/", "./a", "a\\b"}) {
    EXPECT_FALSE(reads(kDigest + "  1  " + path + "\n")) << path;
  }
}

}  // namespace
}  // namespace konseki

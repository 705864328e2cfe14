#include <gtest/gtest.h>

#include "agent/base/digest.h"
#include "agent/match/container/member_name.h"
#include "agent/match/known_good/known_good_set.h"

namespace konseki {
namespace {

Digests digests_of(std::string_view text) {
  DigestPass pass;
  pass.update(std::as_bytes(std::span(text)));
  return pass.finish();
}

TEST(KnownGoodSet, ReadsDigestsOfAnyList) {
  const Digests one = digests_of("one");
  const Digests two = digests_of("two");
  const Digests three = digests_of("three");
  KnownGoodSet set;
  ASSERT_TRUE(set.add_list(to_hex(one.sha256) + "  a name\n", "sums"));
  ASSERT_TRUE(set.add_list("\"" + to_hex(two.sha1) + "\",\"x\"\r\n", "nsrl"));
  ASSERT_TRUE(set.add_list("# md5\n" + to_hex(three.md5) + ";fine\n", "list"));
  set.finish();
  EXPECT_TRUE(set.knows(one));
  EXPECT_TRUE(set.knows(two));
  EXPECT_TRUE(set.knows(three));
  EXPECT_FALSE(set.knows(digests_of("four")));
  EXPECT_EQ(set.listed(), 3u);
}

TEST(KnownGoodSet, TakesNoPartOfALongerWord) {
  KnownGoodSet set;
  const std::string digest = to_hex(digests_of("one").sha256);
  EXPECT_FALSE(set.add_list("x" + digest, "a"));
  EXPECT_FALSE(set.add_list(digest + "0", "b"));
  EXPECT_FALSE(set.add_list(digest + "z", "c"));
  EXPECT_FALSE(set.add_list("", "d"));
  EXPECT_FALSE(set.add_database("/nonexistent/rds.db"));
}

TEST(MemberName, DecodesWhatPackersWrite) {
  EXPECT_EQ(member_name("a/b.txt"), "a/b.txt");
  EXPECT_EQ(member_name("a\\b.txt"), "a/b.txt");
  EXPECT_EQ(member_name("日本語.txt"), "日本語.txt");
  EXPECT_EQ(member_name("\x95\x5c\x8e\xa6.txt"), "表示.txt");  // 0x5c is half of a character
  EXPECT_EQ(member_name("a\xff\xff"), "a%FF%FF");
}

}  // namespace
}  // namespace konseki

// Comparisons inside one [ ].
#include <gmock/gmock.h>

#include "tests/unit/match/match_support.h"

namespace konseki::testing {
namespace {

std::string on(const std::string& properties, const std::string& condition) {
  return outcome("[" + condition + "]", list_of({seen(properties)}));
}

TEST(Comparison, ExistsAsksForThePathAlone) {
  EXPECT_EQ(on(R"("a":null)", "EXISTS x:a"), "match");
  EXPECT_EQ(on(R"("a":1)", "EXISTS x:b"), "nomatch");
  EXPECT_EQ(on(R"("a":1)", "NOT EXISTS x:b"), "match");
  EXPECT_EQ(on(R"("a":1)", "NOT EXISTS x:a"), "nomatch");
}

TEST(Comparison, MissingPathsAreFalseAlsoUnderNot) {
  EXPECT_EQ(on(R"("a":1)", "x:b NOT = 1"), "nomatch");
  EXPECT_EQ(on(R"("a":1)", "x:b != 1"), "nomatch");
  EXPECT_EQ(on(R"("a":[1,2])", "x:a[2] NOT = 1"), "nomatch");
  EXPECT_EQ(on(R"("a":[1,2])", "x:a[-1] = 2"), "nomatch");
}

TEST(Comparison, AnyIndexIsTrueForOneOfThem) {
  EXPECT_EQ(on(R"("a":[{"n":1},{"n":7}])", "x:a[*].n > 6"), "match");
  EXPECT_EQ(on(R"("a":[{"n":1},{"n":7}])", "x:a[1].n = 7"), "match");
  EXPECT_EQ(on(R"("hashes":{"MD5":"d4","SHA-256":"e5"})", "x:hashes[*] = 'e5'"), "match");
  EXPECT_EQ(on(R"("hashes":{"SHA-256":"e5"})", "x:hashes.'SHA-256' = 'e5'"), "match");
}

TEST(Comparison, NumbersCompareAcrossKinds) {
  EXPECT_EQ(on(R"("a":9007199254740993)", "x:a = 9007199254740992"), "nomatch");
  EXPECT_EQ(on(R"("a":9007199254740993)", "x:a > 9007199254740992.0"), "match");
  EXPECT_EQ(on(R"("a":1e3)", "x:a = 1000"), "match");
  EXPECT_EQ(on(R"("a":"5")", "x:a = 5"), "nomatch");
  EXPECT_EQ(on(R"("a":"5")", "x:a != 5"), "match");
}

TEST(Comparison, NetworksOfBothVersions) {
  EXPECT_EQ(on(R"("v":"2001:db8:dead:beef::1")", "x:v ISSUBSET '2001:db8:dead:beef::/64'"),
            "match");
  EXPECT_EQ(on(R"("v":"::ffff:192.0.2.1")", "x:v ISSUBSET '::ffff:c000:200/120'"), "match");
  EXPECT_EQ(on(R"("v":"192.0.2.0/24")", "x:v ISSUPERSET '192.0.2.77'"), "match");
  EXPECT_EQ(on(R"("v":"192.0.2.0/24")", "x:v ISSUBSET '192.0.2.9/24'"), "match");
  EXPECT_EQ(on(R"("v":"192.0.2.1")", "x:v ISSUBSET '::/0'"), "nomatch");
  EXPECT_EQ(on(R"("v":"192.0.2.256")", "x:v ISSUBSET '0.0.0.0/0'"), "nomatch");
}

TEST(Comparison, LikeIsWholeTextAndMatchesIsSearchOverLines) {
  EXPECT_EQ(on(R"("v":"C:\\a\\evil.exe")", R"(x:v LIKE 'C:\\%.ex_')"), "match");
  EXPECT_EQ(on(R"("v":"C:\\a\\evil.exe")", "x:v LIKE 'evil'"), "nomatch");
  EXPECT_EQ(on(R"("v":"a.b")", "x:v LIKE 'a.c' OR x:v LIKE 'a(b'"), "nomatch");
  EXPECT_EQ(on(R"("v":"a\nb")", "x:v LIKE 'a%b'"), "match");
  EXPECT_EQ(on(R"("v":"a\nb")", "x:v MATCHES 'a.b'"), "match");
  EXPECT_EQ(on(R"("v":"痕跡")", "x:v LIKE '痕_'"), "match");
}

TEST(Comparison, TimestampsCompareAsInstants) {
  EXPECT_EQ(on(R"("t":"2026-01-01T00:00:00.50Z")", "x:t = t'2026-01-01T00:00:00.5Z'"), "match");
  EXPECT_EQ(on(R"("t":"2026-01-01T00:00:00.50Z")", "x:t = '2026-01-01T00:00:00.5Z'"), "nomatch");
}

TEST(Comparison, SetsOfEveryType) {
  EXPECT_EQ(on(R"("a":"q")", "x:a IN ('z','q','a')"), "match");
  EXPECT_EQ(on(R"("a_hex":"FF")", "x:a_hex IN (h'00', h'ff')"), "match");
  EXPECT_EQ(on(R"("a_bin":"/w==")", "x:a_bin IN ('\xC3\xBF')"), "match") << "U+00FF is byte FF";
  EXPECT_EQ(on(R"("a":2)", "x:a NOT IN (1, 3.5)"), "match");
}

TEST(Comparison, AllStartFromTheSameObject) {
  const std::string two = R"([{"type":"observed-data","first_observed":"2026-01-01T00:00:00Z",
    "last_observed":"2026-01-01T00:00:00Z","number_observed":1,"objects":{
      "0":{"type":"x","a":1},"1":{"type":"x","b":2}}}])";
  EXPECT_EQ(outcome("[x:a = 1 AND x:b = 2]", two), "nomatch");
  EXPECT_EQ(outcome("[x:a = 1] AND [x:b = 2]", two), "nomatch") << "one observation, seen once";
  EXPECT_EQ(outcome("[x:a = 1 OR x:b = 3]", two), "match");
}

}  // namespace
}  // namespace konseki::testing

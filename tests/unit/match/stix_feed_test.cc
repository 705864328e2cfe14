#include "agent/match/indicators/stix_feed.h"

#include <gmock/gmock.h>

#include "agent/match/indicators/indicator_set.h"
#include "agent/match/indicators/sighting.h"
#include "tests/unit/match/feed_support.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string indicator(const std::string& id, const std::string& pattern,
                      const std::string& more = "") {
  return R"({"type":"indicator","spec_version":"2.1","id":"indicator--)" + id +
         R"(","modified":"2026-01-02T00:00:00Z","valid_from":"2026-01-01T00:00:00Z",)" +
         R"("pattern_type":"stix","pattern":")" + pattern + "\"" + more + "}";
}

TEST(StixFeed, BundlesListsEnvelopesAndSingleObjects) {
  const auto feed = read_texts(
      {R"({"type":"bundle","objects":[{"type":"malware","id":"malware--1"},)" +
           indicator("1", "[a:b = 1]") + "]}",
       "\xEF\xBB\xBF" + indicator("2", "[a:b = 2]"),
       R"({"more":false,"objects":[)" + indicator("3", "[a:b = 3]") + "]}",
       R"(["[a:b = 4]", "[a:b = ", "evil.example"])", "[" + indicator("5", "[a:b = 5]") + "]"});
  EXPECT_THAT(
      feed->lines(),
      ElementsAre("indicator--1|[a:b = 1]", "indicator--2|[a:b = 2]", "indicator--3|[a:b = 3]",
                  "f4#1|[a:b = 4]", "f4#3|domain-name=evil.example", "indicator--5|[a:b = 5]"));
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("f4#2|1:8")));
  EXPECT_TRUE(feed->sink.both_languages);
  EXPECT_EQ(feed->reports[1].encoding, "UTF-8 with BOM");
}

TEST(StixFeed, SimplePatternsBecomeAtoms) {
  const auto feed = read_texts(
      {"[" +
       indicator("1",
                 "[file:hashes.MD5 = 'D41D8CD98F00B204E9800998ECF8427E' OR "
                 "file:hashes.'SHA-1' IN ('da39a3ee5e6b4b0d3255bfef95601890afd80709')]") +
       "," +
       indicator("2",
                 "[domain-name:value = 'Evil.Example'] OR [url:value = 'http://x.example/a']") +
       "," + indicator("3", "[ipv4-addr:value ISSUBSET '192.0.2.0/24']") + "," +
       indicator("4",
                 "[network-traffic:dst_ref.type = 'ipv4-addr' AND "
                 "network-traffic:dst_ref.value = '192.0.2.7' AND "
                 "network-traffic:dst_port = 443]") +
       "," + indicator("5", "[file:name = 'a.exe' AND file:size = 5]") + "," +
       indicator("6", "[domain-name:value != 'a.example']") + "," +
       indicator("7", "[domain-name:value = 'a.example'] REPEATS 2 TIMES") + "]"});
  EXPECT_THAT(
      feed->lines(),
      ElementsAre("indicator--1|md5=d41d8cd98f00b204e9800998ecf8427e "
                  "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709",
                  "indicator--2|domain-name=evil.example url=http://x.example/a",
                  "indicator--3|ip-network=192.0.2.0/24", "indicator--4|ip-address=192.0.2.7:443",
                  "indicator--5|[file:name = 'a.exe' AND file:size = 5]",
                  "indicator--6|[domain-name:value != 'a.example']",
                  "indicator--7|[domain-name:value = 'a.example'] REPEATS 2 TIMES"));
  const auto patterns =
      read_texts({indicator("1", "[domain-name:value = 'a.example']")}, {.atoms = false});
  EXPECT_THAT(patterns->lines(), ElementsAre("indicator--1|[domain-name:value = 'a.example']"));
}

TEST(StixFeed, WhatASourceSaysOfAnIndicator) {
  const auto feed = read_texts(
      {R"({"type":"bundle","objects":[)" +
       indicator("1", "[a:b = 1]",
                 R"(,"name":"Loader","confidence":85,"labels":["x"],"revoked":true,
                "created_by_ref":"identity--1","valid_until":"2026-06-01T00:00:00+09:00",
                "indicator_types":["malicious-activity"],"object_marking_refs":[
                "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421","marking-definition--9"])") +
       R"(,{"type":"language-content","id":"language-content--1","object_ref":"indicator--1",
      "contents":{"ja":{"name":"ローダー"}}},
      {"type":"identity","id":"identity--1","name":"Hub"},
      {"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1",
       "target_ref":"attack-pattern--1"},
      {"type":"attack-pattern","id":"attack-pattern--1","external_references":[
       {"source_name":"mitre-attack","external_id":"T1059.001"}]}]})"});
  const IndicatorInfo& info = feed->info(0);
  EXPECT_EQ(info.name, "Loader");
  EXPECT_EQ(info.name_ja, "ローダー");
  EXPECT_EQ(info.source, "Hub");
  EXPECT_EQ(info.technique, "T1059.001");
  EXPECT_EQ(info.confidence, 85);
  EXPECT_TRUE(info.revoked);
  EXPECT_THAT(info.markings, ElementsAre("TLP:AMBER", "marking-definition--9"));
  EXPECT_EQ(info.valid_until, stix::parse_instant("2026-05-31T15:00:00Z"));
  EXPECT_EQ(info.file, "f1");
}

TEST(StixFeed, ObservablesOutsideObservedData) {
  const auto feed =
      read_texts({R"([{"type":"domain-name","id":"domain-name--1","value":"evil.example"},
      {"type":"ipv4-addr","id":"ipv4-addr--1","value":"192.0.2.1"},
      {"type":"ipv4-addr","id":"ipv4-addr--2","value":"10.1.1.1"},
      {"type":"network-traffic","id":"network-traffic--1","src_ref":"ipv4-addr--2",
       "dst_ref":"ipv4-addr--1","protocols":["tcp"]},
      {"type":"file","id":"file--1","name":"a.exe","hashes":{"MD5":"d41d8cd98f00b204e9800998ecf8427e"}},
      {"type":"file","id":"file--2","name":"seen.exe"},
      {"type":"observed-data","id":"observed-data--1","object_refs":["file--2"]},
      {"type":"windows-registry-key","id":"k--1","key":"HKLM\\Software\\X","values":[{"name":"Run"}]},
      {"type":"software","id":"software--1","name":"Word"}])"});
  EXPECT_THAT(feed->lines(), ElementsAre("domain-name--1|domain-name=evil.example",
                                         "ipv4-addr--1|ip-address=192.0.2.1",
                                         "file--1|md5=d41d8cd98f00b204e9800998ecf8427e",
                                         "k--1|registry-key=HKEY_LOCAL_MACHINE\\Software\\X\\Run"));
  EXPECT_THAT(feed->sink.refused, ElementsAre(HasSubstr("software--1|software")));
}

TEST(StixFeed, OtherPatternTypes) {
  const auto feed = read_texts({R"([{"type":"indicator","id":"indicator--y","pattern_type":"yara",
      "pattern":"rule x {condition: true}"},
      {"type":"indicator","id":"indicator--s","pattern_type":"sigma","pattern":"title: x"},
      {"type":"indicator","id":"indicator--n","pattern_type":"snort","pattern":"alert"},
      {"type":"indicator","id":"indicator--e"},)" +
                                indicator("1", "[a:b = 1 AND c:d = 2]") + "]"});
  EXPECT_THAT(feed->lines(), ElementsAre("indicator--y|yara rule x {condition: true}"));
  EXPECT_THAT(feed->sink.refused,
              ElementsAre(HasSubstr("indicator--s|sigma: Sigma rules"), HasSubstr("|snort: "),
                          HasSubstr("indicator--e|"), HasSubstr("different types")));
}

TEST(StixFeed, TheLatestVersionCountsOverAllFiles) {
  std::string newer = indicator("1", "[a:b = 2]", R"(,"revoked":true)");
  newer.replace(newer.find("2026-01-02"), 10, "2026-05-02");
  const auto feed = read_texts(
      {"[" + indicator("1", "[a:b = 1]") + "," + indicator("1", "[a:b = 1]") + "]", newer});
  EXPECT_THAT(feed->lines(), ElementsAre("indicator--1|[a:b = 2]"));
  EXPECT_EQ(feed->report().superseded, 2U);
  EXPECT_THAT(feed->report().notes.at(0).en, HasSubstr("2 older"));
}

TEST(StixFeed, OldFormsOfVersion20) {
  const auto feed = read_texts({R"({"type":"bundle","spec_version":"2.0","objects":[
      {"type":"indicator","id":"indicator--1","labels":["benign"],"pattern":
      "[a:b = 1] START '2020-01-01T00:00:00Z' STOP '2021-01-01T00:00:00Z'"}]})"});
  EXPECT_THAT(feed->info(0).types, ElementsAre("benign"));
}

TEST(StixFeed, DamageKeepsWhatComesBefore) {
  const auto feed =
      read_texts({"{\"type\":\"bundle\",\n\"objects\":[" + indicator("1", "[a:b = 1]") + ",\n" +
                  indicator("2", "[a:b = 2]") + ",\n{\"type\": oops}]}"});
  EXPECT_EQ(feed->lines().size(), 2U);
  ASSERT_TRUE(feed->report().error);
  EXPECT_THAT(feed->report().error->detail, HasSubstr("line 4"));
  EXPECT_FALSE(read_texts({"[] []"})->report().error) << "values one after another are read";
  EXPECT_TRUE(read_texts({"[] x"})->report().error);
  EXPECT_TRUE(read_texts({R"({"type":"indicator","id":"indicator--1","pattern":"[a:b = 1]",)"})
                  ->lines()
                  .empty())
      << "one object counts only when it is whole";
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(read_texts({deep})->report().error->code, ErrorCode::kLimitExceeded);
}

TEST(IndicatorSet, AtomsBecomePatterns) {
  IndicatorSet set;
  IndicatorInfo info;
  info.confidence = 85;
  info.file = "f";
  Atom regex{AtomType::kPathRegex, R"(\\evil\.exe$)", {}, {}};
  set.take(info, {*make_atom(AtomType::kDomain, "evil.example"), regex});
  set.take(info, {*make_atom(AtomType::kTaskName, "Updater")});
  set.take_yara(info, "rule x {condition: true}");
  ASSERT_EQ(set.indicators().size(), 1U);
  EXPECT_THAT(set.indicators()[0].pattern.text, HasSubstr("[domain-name:value = 'evil.example']"));
  EXPECT_EQ(indicator_score(set.indicators()[0].info), 85);
  EXPECT_EQ(set.not_applied().size(), 2U);
}

}  // namespace
}  // namespace konseki

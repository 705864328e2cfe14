// What people read of findings and of what was looked at.
#include <gmock/gmock.h>

#include "agent/report/finding_text.h"
#include "agent/report/match_facts.h"
#include "konseki/finding.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kMatching =
    R"({"findings":{"info":0,"low":0,"medium":2,"high":1,"critical":0},"files":4511,)"
    R"("contents":1020,"records":20113,"not_read":[{"name":"listed","count":3000},)"
    R"({"name":"permission_denied","count":1}],"gaps":1,"allowed":0,"matchers":[)"
    R"({"matcher":"indicator","loaded":[{"name":"indicators.domain-name","count":1200},)"
    R"({"name":"indicators.sha256","count":4}],"looked_at":[],"not_looked_at":[]},)"
    R"({"matcher":"yara","loaded":[{"name":"rules","count":87}],"looked_at":[],)"
    R"("not_looked_at":[{"name":"time_limit","count":1},{"name":"known_good","count":50}]}],)"
    R"("cut_rules":[{"matcher":"yara","rule":"wide","findings":5000,"kept":1000}]})";

TEST(MatchLine, AnswersAnAlertInOneLine) {
  const Bilingual line = match_line("web01", read_match_facts(json_view(kMatching)));
  EXPECT_EQ(line.en,
            "web01: 3 findings (1 high, 2 medium) of 1,204 indicators and 87 rules; 4,511 files "
            "(1,020 with content) and 20,113 records looked at; 3 could not be");
  EXPECT_EQ(line.ja,
            "web01: 検出 3 件 (高 1、中 2)。インジケータ 1,204 件とルール 87 件をファイル 4,511 件 "
            "(うち内容まで 1,020 件) とレコード 20,113 件に照合。照合できなかったもの 3 件");
}

TEST(MatchLine, NothingFoundSaysWithHowMuchItLooked) {
  MatchFacts facts;
  facts.files = 1;
  EXPECT_EQ(match_line("h", facts).en,
            "h: nothing found of the built-in checks; 1 files (0 with content) and 0 records "
            "looked at");
  facts.matchers = {{"indicator", {{"indicators.url", 1}}, {}, {}}};
  EXPECT_THAT(match_line("h", facts).en, HasSubstr("nothing found of 1 indicator;"));
}

TEST(MatchLine, CountsWhatWasHeldDown) {
  const MatchFacts facts = read_match_facts(
      json_view(R"({"findings":{"info":2},"files":1,"contents":1,"records":0,"held_down":2,)"
                R"("matchers":[{"matcher":"indicator","loaded":[{"name":"indicators","count":9}],)"
                R"("not_looked_at":[{"name":"indicators.sha512","count":3},)"
                R"({"name":"content.package_unchanged","count":70}]}]})"));
  EXPECT_THAT(match_line("h", facts).en,
              HasSubstr("; 3 could not be; 2 held down as likely false alarms"))
      << "what no one computes could not be looked for; what is left out by plan is not counted";
  EXPECT_THAT(match_line("h", facts).ja, HasSubstr("参考情報としたもの 2 件"));
}

TEST(MatchDetails, SayWhatCouldNotBeAndWhy) {
  std::string all;
  for (const Bilingual& each : match_details(read_match_facts(json_view(kMatching)))) {
    all += each.en + "\n" + each.ja + "\n";
  }
  for (const std::string_view part :
       {"Indicators: domain-name 1,200, sha256 4", "Not looked at by yara: 1 took too long",
        "3,000 only listed, as the profile asks", "1 refused in spite of full privileges",
        "1 thing could not be matched; it is in the list of gaps",
        "Too broad: wide hit 5,000 times, 1,000 kept", "管理者権限でも読み取りを拒否された 1 件"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST(MatchDetails, WhatAStoryDoesNotRememberWasLookedAtAllTheSame) {
  const MatchFacts facts = read_match_facts(
      json_view(R"({"findings":{},"files":900,"contents":9,"records":0,"matchers":[)"
                R"({"matcher":"escalation","not_looked_at":[{"name":"limit_of_files","count":600},)"
                R"({"name":"limit_of_writes","count":7}]}]})"));
  EXPECT_THAT(match_line("h", facts).en, HasSubstr("; 7 could not be"));
  const auto details = match_details(facts);
  ASSERT_EQ(details.size(), 1u);
  EXPECT_THAT(details[0].en, HasSubstr("600 files beyond the number that is remembered; 7 writes"));
  EXPECT_THAT(details[0].ja, HasSubstr("記憶する数の上限を超えたファイル 600 件"));
}

Finding example() {
  Finding finding;
  finding.matcher = "indicator";
  finding.rule = "indicator--1";
  finding.origin = "feed.json";
  finding.title = "C2 of \x1b[31mX";
  finding.severity = Severity::kHigh;
  finding.score = 80;
  finding.technique = "T1071";
  finding.subject.path = "/var/log/\xE2\x80\xAEx";
  finding.schema = "linux.auth";
  finding.reason = {"It talked to evil.example.", "evil.example と通信しています。"};
  finding.first_seen = Timestamp{1'767'323'045, 0};
  finding.last_seen = Timestamp{1'767'326'645, 0};
  finding.count = 3;
  finding.flags = {"expired", "new_flag"};
  finding.markings = {"TLP:AMBER"};
  Witness witness;
  witness.name = "dns";
  witness.score = 60;
  witness.text = {"Asked the resolver.", "名前解決の記録。"};
  PathSpec place;
  place.path = "/var/log/dns";
  place.members = {"inner"};
  place.range = ByteRange{10, 20};
  witness.addresses = {place};
  witness.excerpt = "line one\nline two\n";
  finding.witnesses = {witness};
  return finding;
}

TEST(FindingText, ReadsAsAPersonWouldAndSteersNoTerminal) {
  const std::string row = finding_json(example());
  const FindingSummary finding = read_finding(json_view(row));
  EXPECT_THAT(finding_lines(finding, Language::kEnglish, 5),
              ElementsAre("[high] C2 of <U+001B>[31mX (indicator--1)  T1071",
                          "    /var/log/<U+202E>x (linux.auth)", "    It talked to evil.example.",
                          "    - Asked the resolver. [60]", "      @ /var/log/dns//inner +10 (20)",
                          "      | line one", "      | line two",
                          "    seen 2026-01-02 03:04:05 to 2026-01-02 04:04:05 UTC, 3 times",
                          "    from: feed.json, TLP:AMBER, the indicator has expired, new_flag"));
  const auto japanese = finding_lines(finding, Language::kJapanese, 0);
  EXPECT_EQ(japanese[0], "[高] C2 of <U+001B>[31mX (indicator--1)  T1071");
  EXPECT_EQ(japanese[3], "    - ほか 1 件の根拠");
  EXPECT_EQ(japanese[4], "    2026-01-02 03:04:05 から 2026-01-02 04:04:05 UTC に観測 (3 回)");
}

TEST(FindingText, ReadsRowsOfOtherWriters) {
  const FindingSummary finding = read_finding(
      json_view(R"({"severity":"severe","score":1.5,"rule":"r","evidence":"as text"})"));
  EXPECT_EQ(finding.severity, Rating::kUnknown);
  EXPECT_EQ(finding.count, 1U);
  ASSERT_EQ(finding.witnesses.size(), 1U);
  EXPECT_EQ(finding.witnesses[0].excerpt, "as text");
}

}  // namespace
}  // namespace konseki

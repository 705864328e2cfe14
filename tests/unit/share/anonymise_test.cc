#include "agent/share/anonymise.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

HostFacts host() {
  HostFacts facts;
  facts.hostname = "PC-SALES07";
  facts.domain = "corp.victim.example";
  facts.users = {{"taro", "S-1-5-21-1-2-3-1001", {}, {}},
                 {"田中", "1001", {}, {}},
                 {"www-data", "33", {}, {}},
                 {"root", "0", {}, {}}};
  return facts;
}

SharedFinding finding(std::vector<Observable> listed, std::string path = "/home/taro/x") {
  SharedFinding out;
  out.finding.rule = "indicator--1";
  out.finding.title = "C2";
  out.finding.path = std::move(path);
  out.finding.listed = listed;
  out.finding.seen = std::move(listed);
  return out;
}

TEST(VictimWords, AreWholeWordsOfAnyCase) {
  const VictimWords words(host(), {"203.0.113.77/24", "192.168.1.5", "bad"});
  for (const char* text :
       {"pc-sales07", "x PC-Sales07.y", "taro@evil.example", "corp", "mail.corp.victim.example",
        "s-1-5-21-1-2-3-1001", "田中さん", "http://evil.example/?ip=203.0.113.77"}) {
    EXPECT_TRUE(words.in(text)) << text;
  }
  for (const char* text : {"shintaro", "incorporated", "root", "www-data", "203.0.113.7",
                           "192.168.1.5", "victim", "evil.example"}) {
    EXPECT_FALSE(words.in(text)) << text;
  }
}

TEST(Anonymise, LeavesWhatIsListedAndNothingOfTheHost) {
  SharedFindings shared;
  shared.hostname = "PC-SALES07";
  SharedFinding file = finding({{"sha256", "ab"}});
  file.file = SharedFile{19, "m", "s", "ab", Timestamp{}, Timestamp{}, Timestamp{}};
  SharedFinding named = finding({{"file-name", "invoice.exe"}});
  named.file = SharedFile{19, "m", "s", "cd", {}, {}, {}};
  SharedFinding sub = finding({{"domain-name", "evil.example"}});
  sub.finding.seen = {{"domain-name", "evil.example"}, {"domain-name", "taro.evil.example"}};
  sub.finding.title = "seen at Corp";
  sub.finding.reason = {"on PC-SALES07", "PC-SALES07"};
  sub.finding.witnesses.push_back({"x", 1, {"taro", "taro"}, {"/home/taro"}, "taro"});
  shared.findings = {
      file,
      named,
      sub,
      finding({{"ip-address", "10.0.0.8"}}),
      finding({{"domain-name", "victim-taro.example"}, {"domain-name", "other.example"}}),
      finding({{"domain-name", "taro.example"}}),
      finding({{"user-account", "attacker"}}),
      finding({{"file-path", "C:/Users/taro/a.exe"}}),
      finding({{"file-path", "C:/Users/Public/a.exe"}})};
  anonymise(shared, VictimWords(host(), {}));
  EXPECT_EQ(shared.hostname, "");
  ASSERT_EQ(shared.findings.size(), 5U);
  EXPECT_EQ(shared.identifying, 4U);
  EXPECT_EQ(shared.findings[0].file->sha256, "ab");
  EXPECT_FALSE(shared.findings[0].file->modified);
  EXPECT_FALSE(shared.findings[1].file) << "a file known by its name may be the victim's own";
  EXPECT_EQ(shared.findings[2].finding.seen,
            (std::vector<Observable>{{"domain-name", "evil.example"}}));
  EXPECT_EQ(shared.findings[3].finding.listed,
            (std::vector<Observable>{{"domain-name", "other.example"}}));
  for (const SharedFinding& each : shared.findings) {
    const FindingSummary& its = each.finding;
    EXPECT_EQ(its.path + its.origin + its.reason.en + its.reason.ja, "");
    EXPECT_TRUE(its.witnesses.empty());
    EXPECT_TRUE(its.title.empty() || its.title == "C2");
  }
}

}  // namespace
}  // namespace konseki

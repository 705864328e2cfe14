#include "agent/kit/kit_session.h"

#include <gmock/gmock.h>

#include "agent/report/visible_text.h"
#include "tests/unit/kit/kit_sample.h"

namespace konseki {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FakeDesk : public KitDesk {
 public:
  OperatingSystem system() const override { return os; }
  TerminalShape shape() const override { return terminal; }
  bool can_ask() const override { return person; }
  bool window_ends_with_program() const override { return own_window; }
  void say(std::string_view text) override { (screen += text) += '\n'; }
  std::string ask(std::string_view prompt) override {
    ++questions;
    say(prompt);
    return answer;
  }
  void wait_for_key(std::string_view prompt) override {
    ++waits;
    say(prompt);
  }
  Result<KitCheck> check(const std::string&) override { return found; }
  Result<KitOutlook> look_ahead(const KitConfig&, const std::string&) override { return outlook; }
  ElevatedRun elevate(const std::vector<std::string>& words, bool wait) override {
    elevated_words = words;
    waited = wait;
    return elevation;
  }
  Timestamp now() const override { return clock; }
  std::string program() const override { return "/media/stick/konseki"; }
  Result<void> make_output(const std::string& output) override {
    made = output;
    return {};
  }
  KitCollection collect(const std::vector<std::string>& words, Language) override {
    collected_words = words;
    return collection;
  }

  OperatingSystem os = OperatingSystem::kWindows;
  TerminalShape terminal;
  Timestamp clock{1795219200, 0};  // 2026-11-21 00:00 UTC, when the sample was made
  bool person = true;
  bool own_window = true;
  std::string answer = "y";
  KitCheck found;
  KitOutlook outlook;
  ElevatedRun elevation;
  KitCollection collection{1, true};

  std::string screen;
  int questions = 0;
  int waits = 0;
  bool waited = false;
  std::string made;
  std::vector<std::string> elevated_words;
  std::vector<std::string> collected_words;
};

class KitSessionTest : public ::testing::Test {
 protected:
  KitSessionTest() {
    desk_.found.config = testing::sample_config(SigningKey::generate());
    desk_.outlook.hostname = "PC-7";
    desk_.outlook.privileged = true;
    desk_.outlook.profile = {"what a first response needs", "初動に必要なもの"};
    settings_.folder = "E:/";
  }
  KitRunResult run() { return KitSession(desk_, settings_).run(); }

  FakeDesk desk_;
  KitRunSettings settings_;
};

TEST_F(KitSessionTest, SaysWhatItWillDoAsksOnceCollectsAndHoldsTheWindow) {
  const KitRunResult result = run();
  EXPECT_EQ(result.end, KitEnd::kCollected);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(desk_.screen, HasSubstr("PC-7"));
  EXPECT_THAT(desk_.screen, HasSubstr("1200 indicators, 34 YARA rules"));
  EXPECT_THAT(desk_.screen, HasSubstr("Done. Copy the SHA-256"));
  EXPECT_THAT(desk_.screen, HasSubstr("救助チーム"));
  EXPECT_THAT(desk_.screen, HasSubstr("Press any key to close"));
  EXPECT_EQ(desk_.questions, 1);
  EXPECT_EQ(desk_.waits, 1);
  EXPECT_TRUE(desk_.elevated_words.empty()) << "it has the rights";
  EXPECT_EQ(desk_.made, "E:/evidence");
  EXPECT_THAT(desk_.collected_words, Contains("--output=E:/evidence"));
  EXPECT_THAT(desk_.collected_words, Contains("--kit=E:/"));
}

TEST_F(KitSessionTest, AnythingButYesLeavesNothing) {
  for (const char* answer : {"", "n", "ye", "yy"}) {
    desk_.answer = answer;
    EXPECT_EQ(run().end, KitEnd::kDeclined) << answer;
    EXPECT_EQ(desk_.made, "");
  }
  for (const char* answer : {"Y", "YES", "はい", "ｙ", "Ｙ"}) {
    desk_.answer = answer;
    EXPECT_EQ(run().end, KitEnd::kCollected) << answer;
  }
}

TEST_F(KitSessionTest, AsksWindowsForRightsAndLeavesTheWorkToTheOtherWindow) {
  desk_.outlook.privileged = false;
  desk_.elevation = {Elevation::kStarted, 0};
  settings_.language = Language::kJapanese;
  settings_.folder = "E:/kit of \"2026\"";
  EXPECT_EQ(run().end, KitEnd::kElsewhere);
  EXPECT_THAT(desk_.elevated_words,
              ElementsAre("kit", "run", "--no-elevation", "--lang=ja", "E:/kit of \"2026\""));
  EXPECT_THAT(desk_.screen, HasSubstr("管理者権限"));
  EXPECT_EQ(desk_.questions, 0) << "the other window asks";
  EXPECT_EQ(desk_.waits, 0);
  EXPECT_FALSE(desk_.waited);
  EXPECT_TRUE(desk_.collected_words.empty());
}

TEST_F(KitSessionTest, InAConsoleOfSomebodyElseItWaitsForTheOtherWindow) {
  desk_.outlook.privileged = false;
  desk_.own_window = false;
  desk_.elevation = {Elevation::kStarted, 4};
  EXPECT_EQ(run().code, 4);
  EXPECT_TRUE(desk_.waited);
}

TEST_F(KitSessionTest, GoesOnWhenTheUserRefusesRights) {
  desk_.outlook.privileged = false;
  desk_.elevation = {Elevation::kRefused, 0};
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_THAT(desk_.screen, HasSubstr("administrator were refused"));
  EXPECT_EQ(desk_.questions, 1);
}

TEST_F(KitSessionTest, RightClickOnWindowsSudoOnLinux) {
  desk_.outlook.privileged = false;
  settings_.elevate = false;
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_TRUE(desk_.elevated_words.empty());
  EXPECT_THAT(desk_.screen, HasSubstr("Run as administrator"));
  settings_.language = Language::kJapanese;
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_THAT(desk_.screen, HasSubstr("「管理者として実行」"));
  EXPECT_THAT(desk_.screen, Not(HasSubstr("sudo")));

  desk_.os = OperatingSystem::kLinux;
  settings_.elevate = true;
  desk_.screen.clear();
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_TRUE(desk_.elevated_words.empty()) << "no program of the host is run";
  EXPECT_THAT(desk_.screen, HasSubstr("sudo '/media/stick/konseki'"));
}

TEST_F(KitSessionTest, WithoutAQuestionNobodyIsAskedForRightsEither) {
  desk_.outlook.privileged = false;
  desk_.person = false;
  EXPECT_EQ(run().end, KitEnd::kNobody);
  settings_.ask = false;
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_TRUE(desk_.elevated_words.empty());
  EXPECT_EQ(desk_.questions, 0);
  EXPECT_EQ(desk_.waits, 0);
}

TEST_F(KitSessionTest, AnAlteredKitDoesNothingInTheLanguageOfTheKit) {
  desk_.found.problems.push_back({KitProblemKind::kAltered, "konseki.exe", {}});
  desk_.found.config->language = Language::kJapanese;
  EXPECT_EQ(run().end, KitEnd::kAltered);
  EXPECT_THAT(desk_.screen, HasSubstr("konseki.exe: 変更されています"));
  EXPECT_EQ(desk_.questions, 0);
  EXPECT_EQ(desk_.waits, 1);
}

TEST_F(KitSessionTest, OnAnExaminedVolumeItRefusesBeforeAskingForRights) {
  desk_.outlook.privileged = false;
  desk_.outlook.output_allowed = false;
  desk_.outlook.output_reason = {"C: is examined.", "C: は調査対象です。"};
  EXPECT_EQ(run().end, KitEnd::kFailed);
  EXPECT_TRUE(desk_.elevated_words.empty());
  EXPECT_THAT(desk_.screen, HasSubstr("Start the kit from the stick"));
  settings_.output_on_source = true;
  EXPECT_EQ(run().end, KitEnd::kCollected);
}

TEST_F(KitSessionTest, TellsAClockThatIsBehindTheKit) {
  desk_.clock.seconds -= 24 * 60 * 60;  // a wrong zone is no wrong clock
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_THAT(desk_.screen, Not(HasSubstr("clock")));
  desk_.clock.seconds -= 1;
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_THAT(desk_.screen,
              HasSubstr("The clock of this host is wrong: it shows 2026-11-19T23:59:59"));
  settings_.language = Language::kJapanese;
  EXPECT_EQ(run().end, KitEnd::kCollected);
  EXPECT_THAT(desk_.screen, HasSubstr("時計は正しくありません"));
}

TEST_F(KitSessionTest, SaysThatItDidNotFinish) {
  desk_.collection = {4, false};
  EXPECT_EQ(run().code, 4);
  EXPECT_THAT(desk_.screen, HasSubstr("Not finished."));
  EXPECT_THAT(desk_.screen, Not(HasSubstr("Done.")));
}

TEST_F(KitSessionTest, FitsNarrowConsoles) {
  desk_.outlook.privileged = false;
  desk_.found.config->recipients.clear();
  desk_.found.config->limits["max_time"] = "30m";
  desk_.terminal = {40, true};
  for (const Language language : {Language::kJapanese, Language::kEnglish}) {
    settings_.language = language;
    desk_.screen.clear();
    EXPECT_EQ(run().end, KitEnd::kCollected);
    std::string_view rest = desk_.screen;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      EXPECT_LE(display_width(line), 39U) << line;
      rest.remove_prefix(line.size() + 1);
    }
  }
}

}  // namespace
}  // namespace konseki

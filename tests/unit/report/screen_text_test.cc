#include "agent/report/screen_text.h"

#include <gtest/gtest.h>

#include "agent/report/progress_text.h"

namespace konseki {
namespace {

using std::chrono::seconds;

constexpr TerminalShape kNarrow{21, false};
constexpr TerminalShape kJapaneseConsole{21, true};

TEST(ScreenText, BreaksWhereTheLanguageAllows) {
  EXPECT_EQ(screen_paragraphs("The quick brown fox jumps over it", kNarrow),
            "The quick brown fox\njumps over it");
  EXPECT_EQ(screen_paragraphs("証拠を収集します。終わるまでお待ちください。", kNarrow),
            "証拠を収集します。終\nわるまでお待ちくださ\nい。");
  // No line begins with a full stop or ends with an opening bracket.
  EXPECT_EQ(screen_paragraphs("一二三四五六七八九十。次", kNarrow), "一二三四五六七八九\n十。次");
  EXPECT_EQ(screen_paragraphs("一二三四五六七八九「次」", kNarrow), "一二三四五六七八九\n「次」");
}

TEST(ScreenText, KeepsWordsWholeMarginsAndLineEnds) {
  EXPECT_EQ(screen_paragraphs("  sudo /media/stick/konseki/a/b/c now", kNarrow),
            "  sudo\n  /media/stick/konseki/a/b/c\n  now");
  EXPECT_EQ(screen_paragraphs("\na\n\nb ", kNarrow), "\na\n\nb ");
}

TEST(ScreenText, CountsAsTheConsoleDoes) {
  // Greek and dots are wide on a Japanese console, and what it lacks is written in other words.
  EXPECT_EQ(screen_width("αβ…", kNarrow), 3U);
  EXPECT_EQ(screen_width("αβ…ｱ", kJapaneseConsole), 7U);
  EXPECT_EQ(screen_line("αβγ", 5, kJapaneseConsole), "αβ");
  EXPECT_EQ(screen_line("caf\u00e9", 20, kJapaneseConsole), "caf<U+00E9>");
  EXPECT_EQ(screen_line("a\x1b[2Jb", 20, kNarrow), "a<U+001B>[2Jb");
  EXPECT_EQ(screen_line("日本語", 5, kNarrow), "日本");
}

TEST(ProgressText, SaysWhatHowMuchHowFastAndHowLong) {
  const Progress progress{{"Reading files", "ファイルを読み取り中"},
                          1200,
                          4000,
                          std::uint64_t{300} << 20,
                          std::uint64_t{1000} << 20,
                          "C:/Windows/System32/config/SYSTEM"};
  EXPECT_EQ(progress_line(progress, seconds(60), {}, Language::kEnglish, {120, false}),
            "  Reading files  1,200/4,000  300 MiB/1000 MiB  5.0 MiB/s  about 3 min left  "
            "C:/Windows/System32/config/SYSTEM");
  EXPECT_EQ(progress_line(progress, seconds(60), seconds(59), Language::kJapanese, {80, true}),
            "  ファイルを読み取り中  1,200/4,000  300 MiB/1000 MiB  5.0 MiB/s  残り 1 分未満");
  EXPECT_EQ(progress_line(progress, seconds(60), {}, Language::kJapanese, {40, true}),
            "  1,200/4,000  残り約 3 分");
}

TEST(ProgressText, TheSlowerOfFilesAndBytesCounts) {
  EXPECT_EQ(time_left({{}, 500, 1000, 10, 100, {}}, seconds(10)), seconds(90));
  EXPECT_EQ(time_left({{}, 100, 1000, 50, 100, {}}, seconds(10)), seconds(90));
  EXPECT_EQ(time_left({{}, 0, 1000, 0, 100, {}}, seconds(10)), std::nullopt);
  EXPECT_EQ(time_left({{}, 500, 0, 10, 0, {}}, seconds(10)), std::nullopt) << "no total is known";
  EXPECT_EQ(time_left({{}, 1000, 1000, 100, 100, {}}, seconds(10)), seconds(0));
}

}  // namespace
}  // namespace konseki

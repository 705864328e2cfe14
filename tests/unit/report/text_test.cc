#include <gtest/gtest.h>

#include "agent/report/time_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

TEST(VisibleText, ShowsWhatHides) {
  EXPECT_EQ(visible_text("invoice\u202Efdp.exe"), "invoice<U+202E>fdp.exe");
  EXPECT_EQ(visible_text("a\x1B[31mb\x7F\n"), "a<U+001B>[31mb<U+007F><U+000A>");
  EXPECT_EQ(visible_text("a\u200Bb\u0085c\U000E0041"), "a<U+200B>b<U+0085>c<U+E0041>");
  EXPECT_EQ(visible_text("痕跡 résumé"), "痕跡 résumé");
  EXPECT_EQ(visible_text("x\xFFy\xED\xA0\x80"), "x%FFy%uD800");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("証拠"), 4u);
  EXPECT_EQ(display_width("ｱｲｳ"), 3u);       // half-width kana
  EXPECT_EQ(display_width("か\u3099"), 2u);  // combining voiced mark, as macOS writes names
  EXPECT_EQ(display_width("Ａ１"), 4u);      // full-width Latin
  EXPECT_EQ(padded_to("証拠", 6), "証拠  ");
  EXPECT_EQ(shortened_to("証拠保全", 6), "証拠…");
  EXPECT_EQ(shortened_to("証拠保全", 8), "証拠保全");
}

TEST(TimeText, ReadsBackWhatBundlesWrite) {
  for (const Timestamp time :
       {Timestamp{0, 0}, Timestamp{1'786'760'725, 123'456'700}, Timestamp{-11'644'473'600, 0},
        Timestamp{-1, 999'999'999}, Timestamp{253'402'300'799, 5}, Timestamp{951'782'400, 0}}) {
    EXPECT_EQ(parse_timestamp(time.iso8601()), time) << time.iso8601();
  }
  for (const char* text :
       {"", "2026-08-15", "2026-08-15T02:25:25.123456700", "2026-13-15T02:25:25.123456700Z",
        "2026-08-15T24:25:25.123456700Z", "2026-08-15T02:25:25,123456700Z"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(TimeText, SpeaksOtherDialects) {
  const Timestamp time{1'786'760'725, 123'456'789};
  EXPECT_EQ(timesketch_datetime(time), "2026-08-15T02:25:25.123456+00:00");
  EXPECT_EQ(unix_microseconds(time), 1'786'760'725'123'456);
  EXPECT_EQ(unix_microseconds({-1, 500'000'000}), -500'000);
  EXPECT_EQ(clock_text(time, 9 * 3600), "2026-08-15 11:25:25");
  EXPECT_EQ(offset_text(9 * 3600), "+09:00");
  EXPECT_EQ(offset_text(-(3 * 3600 + 1800)), "-03:30");
  EXPECT_EQ(day_of({-1, 0}), -1);
  EXPECT_EQ(day_text(-1), "1969-12-31");
}

}  // namespace
}  // namespace konseki

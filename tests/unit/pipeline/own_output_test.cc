#include "agent/pipeline/own_output.h"

#include <gmock/gmock.h>

namespace konseki {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kRun =
    R"({"tool":"konseki","version":"0.1.0","case":{"case_id":"2026-014"},"run_id":"0badcafe",)"
    R"("host":{"hostname":"web1"},"started":"2026-01-02T03:04:05.000000000Z"})";

TEST(OwnOutput, ABundleIsNamedWithItsCaseAndRun) {
  PathSpec where;
  where.path = "/srv/old.tar.zst";
  const auto closed = bundle_note(kRun, where, false);
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed->severity, Severity::kInfo);
  EXPECT_EQ(closed->score, 0);
  EXPECT_EQ(closed->rule, "konseki.bundle");
  EXPECT_EQ(closed->subject.path, "/srv/old.tar.zst");
  EXPECT_THAT(closed->reason.en,
              HasSubstr("case 2026-014, run 0badcafe, host web1, begun 2026-01-02T03:04:05 UTC"));
  EXPECT_THAT(closed->reason.ja, HasSubstr("案件 2026-014、実行 0badcafe"));
  EXPECT_THAT(closed->reason.en, HasSubstr("not looked into"));
  const auto opened = bundle_note(kRun, where, true);
  ASSERT_TRUE(opened.has_value());
  EXPECT_THAT(opened->reason.en, Not(HasSubstr("not looked into")));
}

TEST(OwnOutput, WhatIsNoBundleIsNone) {
  for (const std::string_view text :
       {"", "x", "[]", "{}", R"({"tool":"other","run_id":"1"})", R"({"tool":"konseki"})",
        R"({"tool":"konseki","run_id":7})", R"({"tool":"konseki","run_id":)"}) {
    EXPECT_FALSE(bundle_note(text, {}, false).has_value()) << text;
  }
  // Fields may be missing or long: they are somebody's text.
  const std::string long_id(10'000, 'x');
  const auto note = bundle_note(R"({"tool":"konseki","run_id":")" + long_id + R"("})", {}, false);
  ASSERT_TRUE(note.has_value());
  EXPECT_LT(note->reason.en.size(), 1000U);
}

TEST(OwnOutput, AKitIsNamedByItsSettings) {
  const auto note = kit_note(
      R"({"format": "konseki-kit", "created": "2026-01-02T03:04:05Z", "case": {"case_id": "7"}})",
      {});
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->rule, "konseki.kit");
  EXPECT_THAT(note->reason.en, HasSubstr("case 7, made 2026-01-02T03:04:05Z"));
  EXPECT_FALSE(kit_note(R"({"format":"other"})", {}).has_value());
  EXPECT_FALSE(kit_note("", {}).has_value());
}

}  // namespace
}  // namespace konseki

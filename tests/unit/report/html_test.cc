#include <gmock/gmock.h>

#include "agent/report/html_report.h"
#include "agent/report/row_picker.h"
#include "tests/cli/report/sample_bundle.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using testing::FakeBundle;
using ::testing::HasSubstr;
using ::testing::Not;

std::string page_of(std::vector<ReportInput> inputs, const ReportOptions& options = {}) {
  std::string page;
  const auto done = write_html_report(inputs, options, [&](std::string_view text) {
    page += text;
    return Result<void>{};
  });
  EXPECT_TRUE(done);
  return page;
}

TEST(HtmlReport, SameBundleSameBytes) {
  FakeBundle bundle = testing::sample_bundle();
  const std::string page = page_of({{&bundle, "a"}});
  EXPECT_EQ(page, page_of({{&bundle, "a"}}));
}

TEST(HtmlReport, EvidenceCannotBecomeMarkup) {
  FakeBundle bundle = testing::sample_bundle();
  const std::string page = page_of({{&bundle, "\"><script>x</script>"}});
  EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
  EXPECT_THAT(page, Not(HasSubstr("</script><script>document")));
  EXPECT_THAT(page, Not(HasSubstr("\u202E")));
  EXPECT_THAT(page, HasSubstr("invoice<span class=\"hid\">U+202E</span>fdp.exe"));
  EXPECT_THAT(page, HasSubstr("x%FFy"));
}

TEST(HtmlReport, LanguageGivenIsShownFirst) {
  FakeBundle bundle = testing::sample_bundle();
  const std::string page = page_of({{&bundle, ""}}, {.language = Language::kJapanese});
  EXPECT_THAT(page, HasSubstr("<html lang=\"ja\">"));
  EXPECT_THAT(page, HasSubstr("id=\"tongue-ja\" aria-label=\"日本語\" checked>"));
}

TEST(HtmlReport, CappedTablesSayHowMuchThereIs) {
  FakeBundle bundle = testing::sample_bundle();
  const std::string page = page_of({{&bundle, ""}}, {.findings = 1, .persistence = 2});
  EXPECT_THAT(page, HasSubstr("Showing 1 of 3. All of them are in konseki/findings.jsonl"));
  EXPECT_THAT(page, HasSubstr("全 9 件中 2 件を表示しています。全件はバンドル内の "
                              "konseki/records/persistence.jsonl にあります。"));
  EXPECT_THAT(page, HasSubstr("webshell_php_eval_post"));
  EXPECT_THAT(page, HasSubstr("sysupd.service"));
  EXPECT_THAT(page, Not(HasSubstr("rsyslog.service")));
}

TEST(HtmlReport, DamagedPartsAreToldAndTheRestShown) {
  FakeBundle bundle = testing::sample_bundle();
  bundle.damage("records/persistence", Error{ErrorCode::kCorrupt, "frame 9", {}});
  bundle.set_sealed(false);
  const std::string page = page_of({{&bundle, ""}});
  EXPECT_THAT(page, HasSubstr("frame 9"));
  EXPECT_THAT(page, HasSubstr("NOT SEALED"));
  EXPECT_THAT(page, HasSubstr("linux.process"));
}

TEST(HtmlReport, SeveralBundlesGetASectionEach) {
  FakeBundle one = testing::sample_bundle();
  FakeBundle broken;
  const std::string page = page_of({{&one, "one"}, {&broken, "<broken>"}});
  EXPECT_THAT(page, HasSubstr("id=\"custody-1\""));
  EXPECT_THAT(page, HasSubstr("&lt;broken&gt;"));
  EXPECT_THAT(page, HasSubstr("This bundle could not be read"));
  const ReportInput only[] = {{&broken, "x"}};
  EXPECT_FALSE(write_html_report(only, {}, [](std::string_view) { return Result<void>{}; }));
}

TEST(HtmlReport, SinkErrorsArePassedOn) {
  FakeBundle bundle = testing::sample_bundle();
  const ReportInput inputs[] = {{&bundle, ""}};
  const auto done = write_html_report(inputs, {}, [](std::string_view) -> Result<void> {
    return fail(ErrorCode::kIoError, "disk full");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().detail, "disk full");
}

TEST(RowPicker, RanksThenNewestThenArrival) {
  RowPicker picker(3);
  for (int i = 0; i < 20; ++i) picker.add(1, "old" + std::to_string(i), "2020");
  picker.add(1, "new", "2026");
  picker.add(0, "worst", "1999");
  EXPECT_THAT(picker.take(), ElementsAre("worst", "new", "old0"));
  EXPECT_EQ(picker.total(), 22u);
}

}  // namespace
}  // namespace konseki

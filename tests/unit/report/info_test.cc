#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "agent/report/info_text.h"
#include "agent/report/number_text.h"

namespace konseki {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(const BundleSummary& summary, Language language,
                    InfoForm form = InfoForm::kFull) {
  std::string out;
  EXPECT_TRUE(write_info_text(summary, language, form, [&](std::string_view text) {
    out += text;
    return Result<void>{};
  }));
  return out;
}

BundleSummary sample() {
  BundleSummary summary;
  summary.sealed = true;
  summary.run.interrupted = false;
  summary.run.started = Timestamp{1'786'760'725, 0};
  summary.run.ended = Timestamp{1'786'760'800, 0};
  summary.clock_start.utc_offset_seconds = 9 * 3600;
  summary.host.hostname = "web01";
  summary.source_kind = "live";
  summary.manifest_digest = Sha256{};
  return summary;
}

TEST(InfoText, SaysWhenThereIsNothingAndWhatThatMeans) {
  const std::string english = text_of(sample(), Language::kEnglish);
  EXPECT_THAT(english, HasSubstr("none recorded (that alone does not show a clean host)"));
  EXPECT_THAT(english, HasSubstr("2026-08-15 02:25:25 UTC (2026-08-15 11:25:25 +09:00)"));
  EXPECT_THAT(english, HasSubstr("0000 0000 0000 0000\n"));
  EXPECT_THAT(text_of(sample(), Language::kJapanese), HasSubstr("封印済み・最後まで実行"));
}

TEST(InfoText, GapsCarryReasonAndAdvice) {
  BundleSummary summary = sample();
  summary.missed_total = 2;
  summary.files.reasons = {{"max_file_size", false, 2, 4096}};
  summary.unreadable = {
      {"partition 2", "luks", 1048576, 4096, "", {"Open it.", "開いてください。"}}};
  summary.gaps_total = 12;
  for (int i = 0; i < 12; ++i) summary.gaps.push_back({"/proc/" + std::to_string(i), "x", ""});
  const std::string text = text_of(summary, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("2 (4.0 KiB): larger than the limit for one file"));
  EXPECT_THAT(text, HasSubstr("--max-file-size"));
  EXPECT_THAT(text, HasSubstr("-> Open it."));
  EXPECT_THAT(text, HasSubstr("/proc/9"));
  EXPECT_THAT(text, Not(HasSubstr("/proc/10")));
  EXPECT_THAT(text, HasSubstr("all in konseki/audit.jsonl"));
}

TEST(InfoText, UnsealedAndUnprivilegedAreLoud) {
  BundleSummary summary = sample();
  summary.sealed = false;
  summary.manifest_digest.reset();
  summary.run.privileged = false;
  const std::string text = text_of(summary, Language::kEnglish, InfoForm::kShort);
  EXPECT_THAT(text, HasSubstr("NOT SEALED"));
  EXPECT_THAT(text, HasSubstr("WITHOUT full privileges"));
  EXPECT_THAT(text, HasSubstr("none: the bundle is not sealed"));
}

TEST(InfoText, EvidenceCannotSteerTheTerminal) {
  BundleSummary summary = sample();
  summary.host.hostname = "evil\x1B]0;title\x07\u202E";
  const std::string text = text_of(summary, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("evil<U+001B>]0;title<U+0007><U+202E>"));
}

TEST(InfoJson, IsOneObject) {
  BundleSummary summary = sample();
  summary.findings[0] = 3;
  std::string out;
  EXPECT_TRUE(write_info_json(summary, [&](std::string_view text) {
    out += text;
    return Result<void>{};
  }));
  const auto json = nlohmann::json::parse(out);
  EXPECT_EQ(json["host"]["hostname"], "web01");
  EXPECT_EQ(json["findings"]["critical"], 3);
  EXPECT_EQ(json["manifest_sha256"], std::string(64, '0'));
  EXPECT_EQ(out.find('\n'), out.size() - 1);
}

TEST(NumberText, ReadsWell) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(grouped(123'456), "123,456");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(std::uint64_t{200} << 30), "200 GiB");
  EXPECT_EQ(seconds_text(-2'500'000).en, "2.5 s");
  EXPECT_EQ(duration_text(3723).ja, "1 時間 2 分 3 秒");
}

}  // namespace
}  // namespace konseki

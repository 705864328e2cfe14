#include "agent/report/summary.h"

#include <gmock/gmock.h>

#include "agent/base/digest.h"
#include "tests/support/fake_bundle.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using testing::FakeBundle;
using ::testing::SizeIs;

FakeBundle small_bundle() {
  FakeBundle bundle;
  bundle.add_member("konseki/run.json", R"({"tool":"konseki","version":"1.2","profile":"triage",
      "arguments":["collect","-o","out"],"privileged":false,
      "case":{"case_id":"C-1","operator":"山田","witness":"鈴木"},
      "host":{"os":"linux","hostname":"web01","users":[{"name":"a"},{"name":"b"}]},
      "source":{"kind":"live","location":"live"},"started":"2026-08-15T02:00:00.000000000Z",
      "clock":{"now":"2026-08-15T02:00:02.500000000Z","reference":"2026-08-15T02:00:00.000000000Z",
               "boot":"2026-08-01T00:00:00.000000000Z","utc_offset_seconds":32400},
      "volumes":[{"mount":"","type":"ext4","size":1000}],
      "unreadable":[{"name":"partition 2","type":"bitlocker","offset":1048576,"size":9}]})");
  bundle.add_member("konseki/manifest.json",
                    R"({"format":"konseki-bundle","version":1,"members":[{"name":"run","x":"}"}],)"
                    R"("run":{"ended":"2026-08-15T02:05:00.000000000Z","interrupted":false,)"
                    R"("clock_end":{"boot":"2026-08-01T00:00:05.000000000Z"},"exit_code":1}})");
  bundle.add_line("files", R"({"path":"/etc/passwd","status":"collected","size":10,)"
                           R"("modified":"2020-01-01T00:00:00.000000000Z","artifacts":["A","B"]})");
  bundle.add_line("files", R"({"path":"/a","status":"linked","size":10,"artifacts":["A"]})");
  bundle.add_line("files", R"({"path":"/b","status":"listed","size":3,)"
                           R"("created":"1970-01-01T00:00:00.000000000Z"})");
  bundle.add_line("files", R"({"path":"/big","status":"skipped","reason":"max_file_size",)"
                           R"("size":999,"artifacts":["B"]})");
  bundle.add_line("files", R"({"path":"/etc/shadow","status":"failed",)"
                           R"("reason":"permission_denied","size":7})");
  bundle.add_line("files", R"({"path":"/x","status":"failed","reason":"permission_denied"})");
  bundle.add_line("files", "not json");
  bundle.add_line("records/linux.cron", R"({"schema":"linux.cron","when":)"
                                        R"("2021-05-05T00:00:00.000000000Z","status":"partial"})");
  for (const char* finding :
       {R"({"severity":"low","score":90,"rule":"l"})",
        R"({"severity":"high","score":60,"rule":"h1"})",
        R"({"severity":"high","score":80.5,"rule":"h2"})", R"({"severity":"odd","rule":"o"})"}) {
    bundle.add_line("findings", finding);
  }
  bundle.add_line("audit", R"({"event":"start"})");
  bundle.add_line("audit",
                  R"({"event":"gap","details":{"path":"/root","code":"permission_denied"}})");
  return bundle;
}

TEST(Summary, CountsWhatTheBundleHolds) {
  FakeBundle bundle = small_bundle();
  const auto summary = summarise(bundle);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->custody.witness, "鈴木");
  EXPECT_EQ(summary->host.hostname, "web01");
  EXPECT_EQ(summary->host.users, 2u);
  EXPECT_THAT(summary->run.arguments, ElementsAre("collect", "-o", "out"));
  EXPECT_EQ(summary->run.privileged, false);
  EXPECT_EQ(summary->run.exit_code, 1);
  EXPECT_EQ(summary->files.collected, 1u);
  EXPECT_EQ(summary->files.linked, 1u);
  EXPECT_EQ(summary->files.listed, 1u);
  EXPECT_EQ(summary->files.skipped, 1u);
  EXPECT_EQ(summary->files.failed, 2u);
  EXPECT_EQ(summary->files.bytes, 20u);
  EXPECT_EQ(summary->damaged_rows, 1u);
  ASSERT_THAT(summary->files.reasons, SizeIs(2));
  EXPECT_EQ(summary->files.reasons[0].reason, "permission_denied");
  EXPECT_EQ(summary->files.reasons[0].files, 2u);
  EXPECT_EQ(summary->artifacts.at("A").collected, 2u);
  EXPECT_EQ(summary->artifacts.at("B").skipped, 1u);
  EXPECT_THAT(summary->missed, SizeIs(3));
  EXPECT_EQ(summary->gaps_total, 1u);
  EXPECT_EQ(summary->gaps.at(0).path, "/root");
  EXPECT_FALSE(summary->unreadable.at(0).advice.ja.empty());
}

TEST(Summary, PeriodsLeaveOutTimesThatCannotBe) {
  FakeBundle bundle = small_bundle();
  const auto summary = summarise(bundle);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->file_period.earliest->iso8601(), "2020-01-01T00:00:00.000000000Z");
  EXPECT_EQ(summary->implausible_times, 1u);
  ASSERT_THAT(summary->records, SizeIs(1));
  EXPECT_EQ(summary->records[0].damaged, 1u);
  EXPECT_EQ(summary->records[0].period.latest->iso8601(), "2021-05-05T00:00:00.000000000Z");
}

TEST(Summary, ASchemaDecidesWhichFieldsAreEvents) {
  static constexpr FieldSpec kFields[] = {{"when", FieldType::kTime, "A time, but no event"}};
  const RecordSchema schema{"linux.cron", "", kFields};
  const RecordSchema* schemas[] = {&schema};
  FakeBundle bundle = small_bundle();
  const auto summary = summarise(bundle, schemas);
  ASSERT_TRUE(summary);
  EXPECT_FALSE(summary->records[0].period.earliest);
}

TEST(Summary, WorstFindingsComeFirstAndAreBounded) {
  FakeBundle bundle = small_bundle();
  const auto summary = summarise(bundle, {}, {.findings = 3});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->findings_total(), 4u);
  ASSERT_THAT(summary->top_findings, SizeIs(3));
  EXPECT_EQ(summary->top_findings[0].rule, "h2");
  EXPECT_EQ(summary->top_findings[1].rule, "h1");
  EXPECT_EQ(summary->top_findings[2].rule, "l");
}

TEST(Summary, TellsTheClock) {
  FakeBundle bundle = small_bundle();
  const auto summary = summarise(bundle);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->clock_ahead_microseconds(), 2'500'000);
  EXPECT_EQ(summary->clock_step_microseconds(), 5'000'000);
}

TEST(Summary, ManifestDigestIsOfItsBytes) {
  FakeBundle bundle;
  bundle.add_member("konseki/run.json", "{}");
  bundle.add_member("konseki/manifest.json", "abc");
  const auto summary = summarise(bundle);
  ASSERT_TRUE(summary && summary->manifest_digest);
  EXPECT_THAT(digest_lines(*summary->manifest_digest),
              ElementsAre("ba78 16bf 8f01 cfea", "4141 40de 5dae 2223", "b003 61a3 9617 7a9c",
                          "b410 ff61 f200 15ad"));
}

TEST(Summary, DamageIsToldAndTheRestSummarised) {
  FakeBundle bundle = small_bundle();
  bundle.damage("files", Error{ErrorCode::kCorrupt, "frame 3", {}});
  bundle.set_sealed(false);
  const auto summary = summarise(bundle);
  ASSERT_TRUE(summary);
  EXPECT_THAT(summary->problems, ElementsAre("konseki/files.jsonl: frame 3"));
  EXPECT_EQ(summary->records_total(), 1u);
  EXPECT_FALSE(summary->sealed);
}

TEST(Summary, WithoutRunJsonThereIsNoBundle) {
  FakeBundle empty;
  const auto summary = summarise(empty);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace konseki

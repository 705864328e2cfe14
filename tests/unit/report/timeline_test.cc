#include "agent/report/timeline.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/report/bodyfile.h"
#include "agent/report/csv.h"
#include "tests/support/fake_bundle.h"

namespace konseki {
namespace {

using ::testing::ElementsAre;
using testing::FakeBundle;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr FieldSpec kJobFields[] = {{"user", FieldType::kText, ""},
                                    {"path", FieldType::kText, ""},
                                    {"last_run", FieldType::kTime, "", "Last Executed"},
                                    {"runs", FieldType::kTextList, "", "Executed"},
                                    {"not_after", FieldType::kTime, "No event"}};
constexpr RecordSchema kJobSchema{"test.job", "", kJobFields};
constexpr const RecordSchema* kSchemas[] = {&kJobSchema};

FakeBundle bundle_with_host() {
  FakeBundle bundle;
  bundle.add_member("konseki/run.json", R"({"host":{"hostname":"web01"}})");
  return bundle;
}

std::string timeline(FakeBundle& bundle, const TimelineOptions& options = {}) {
  std::string out;
  const auto done = write_timeline(bundle, kSchemas, options, [&](std::string_view text) {
    out += text;
    return Result<void>{};
  });
  EXPECT_TRUE(done);
  return out;
}

std::string bodyfile(FakeBundle& bundle) {
  std::string out;
  EXPECT_TRUE(write_bodyfile(bundle, kSchemas, [&](std::string_view text) {
    out += text;
    return Result<void>{};
  }));
  return out;
}

std::vector<nlohmann::json> parsed(const std::string& jsonl) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(jsonl);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(Timeline, HasTheFieldsThatTimesketchDemandsInOrderOfTime) {
  FakeBundle bundle = bundle_with_host();
  bundle.add_line("files", R"({"path":"/b","stream":"s","type":"file","size":5,"status":"listed",)"
                           R"("modified":"2026-01-02T00:00:00.123456789Z",)"
                           R"("fn_created":"2026-01-01T00:00:00.000000000Z"})");
  bundle.add_line(
      "records/test.job",
      R"({"schema":"test.job","user":"root","path":"own","last_run":)"
      R"("2026-01-01T12:00:00.000000000Z","not_after":"2026-01-01T12:00:00.000000000Z",)"
      R"("runs":["2025-01-01T00:00:00.000000000Z","2027-01-01T00:00:00.000000000Z"],)"
      R"("source":{"path":"/etc/job","members":["m"],"offset":3,"length":4}})");
  const auto events = parsed(timeline(bundle));
  ASSERT_THAT(events, SizeIs(5));
  EXPECT_EQ(events[0]["timestamp_desc"], "Executed");
  EXPECT_EQ(events[1]["timestamp_desc"], "Creation Time (FILE_NAME)");
  EXPECT_EQ(events[1]["path"], "/b:s");
  EXPECT_EQ(events[1]["schema"], "file");
  EXPECT_EQ(events[2]["timestamp_desc"], "Last Executed");
  EXPECT_EQ(events[2]["path"], "/etc/job!m");
  EXPECT_EQ(events[2]["record_path"], "own");
  EXPECT_EQ(events[2]["source_offset"], 3);
  EXPECT_EQ(events[2]["message"],
            "test.job: user=root path=own "
            "runs=[\"2025-01-01T00:00:00.000000000Z\","
            "\"2027-01-01T00:00:00.000000000Z\"]");
  EXPECT_EQ(events[3]["datetime"], "2026-01-02T00:00:00.123456+00:00");
  EXPECT_EQ(events[3]["timestamp"], 1'767'312'000'123'456);
  EXPECT_EQ(events[3]["hostname"], "web01");
  EXPECT_EQ(events[4]["timestamp_desc"], "Executed");
}

TEST(Timeline, UnknownSchemasGiveTheFieldNameAsDescription) {
  FakeBundle bundle = bundle_with_host();
  bundle.add_line("records/new.thing",
                  R"({"schema":"new.thing","seen":"2026-01-01T12:00:00.000000000Z","n":-3})");
  const auto events = parsed(timeline(bundle));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0]["timestamp_desc"], "seen");
  EXPECT_EQ(events[0]["n"], -3);
}

// Deterministic and unsorted, with many equal times.
void scatter(FakeBundle& bundle, int rows) {
  std::uint32_t state = 1;
  for (int i = 0; i < rows; ++i) {
    state = state * 1664525 + 1013904223;
    const Timestamp modified{1'700'000'000 + static_cast<std::int64_t>(state >> 22), 0};
    const Timestamp created{1'700'000'000 + i % 7, 0};
    bundle.add_line("files", R"({"path":"/)" + std::to_string(i) + R"(","modified":")" +
                                 modified.iso8601() + R"(","created":")" + created.iso8601() +
                                 "\"}");
  }
}

TEST(Timeline, ManyPassesGiveTheSameBytesAsOne) {
  FakeBundle bundle = bundle_with_host();
  scatter(bundle, 2000);
  const std::string once = timeline(bundle);
  EXPECT_THAT(parsed(once), SizeIs(4000));
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{4000}, std::size_t{100'000}}) {
    if (bytes == 0) {
      FakeBundle few = bundle_with_host();
      scatter(few, 60);
      EXPECT_EQ(timeline(few, {.memory_bytes = 0}), timeline(few));
    } else {
      EXPECT_EQ(timeline(bundle, {.memory_bytes = bytes}), once) << bytes;
    }
  }
  std::string before;
  for (const auto& event : parsed(once)) {
    const std::string now = event["datetime"];
    EXPECT_LE(before, now);
    before = now;
  }
}

TEST(Timeline, UnsortedHasTheSameEventsInTheOrderOfTheBundle) {
  FakeBundle bundle = bundle_with_host();
  scatter(bundle, 200);
  auto sorted = parsed(timeline(bundle));
  auto unsorted = parsed(timeline(bundle, {.sorted = false}));
  EXPECT_EQ(unsorted.front()["path"], "/0");
  EXPECT_EQ(unsorted.back()["path"], "/199");
  EXPECT_NE(unsorted, sorted);
  EXPECT_THAT(unsorted, ::testing::UnorderedElementsAreArray(sorted));
}

TEST(Timeline, LongTextIsCutWithAMarker) {
  FakeBundle bundle = bundle_with_host();
  bundle.add_line("records/test.job", R"({"user":")" + std::string(40'000, 'x') +
                                          R"(","last_run":"2026-01-01T12:00:00.000000000Z"})");
  const auto events = parsed(timeline(bundle));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(std::string(events[0]["user"]), HasSubstr("...[8000 bytes more]"));
  EXPECT_LT(std::string(events[0]["user"]).size(), 32'766u);
}

TEST(Timeline, SinkErrorsArePassedOn) {
  FakeBundle bundle = bundle_with_host();
  scatter(bundle, 10);
  const auto done = write_timeline(bundle, kSchemas, {}, [](std::string_view) -> Result<void> {
    return fail(ErrorCode::kIoError, "no space left");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().detail, "no space left");
}

TEST(Csv, QuotesAfterRfc4180) {
  FakeBundle bundle = bundle_with_host();
  bundle.add_line("files", R"({"path":"/a,\"b\"\nc","size":1,"sha256":"aa",)"
                           R"("modified":"1969-12-31T23:59:59.500000000Z"})");
  EXPECT_EQ(timeline(bundle, {.format = TimelineFormat::kCsv}),
            "datetime,timestamp,timestamp_desc,message,hostname,schema,path,size,sha256,fields\r\n"
            "1969-12-31T23:59:59.500000+00:00,-500000,Content Modification Time,"
            "\"/a,\"\"b\"\"\nc\",web01,file,\"/a,\"\"b\"\"\nc\",1,aa,"
            "\"{\"\"size\"\":1,\"\"sha256\"\":\"\"aa\"\"}\"\r\n");
}

TEST(Csv, SpreadsheetsRunNothing) {
  FakeBundle bundle = bundle_with_host();
  bundle.add_line("files", R"({"path":"=cmd|' /C calc'!A0",)"
                           R"("modified":"2026-01-01T00:00:00.000000000Z"})");
  const std::string out = timeline(bundle, {.format = TimelineFormat::kSpreadsheetCsv});
  EXPECT_THAT(out, StartsWith("\xEF\xBB\xBF"));
  EXPECT_THAT(out, HasSubstr(",'=cmd|' /C calc'!A0,"));
  std::string cell;
  for (const char* text : {"+1", "-1", "@x", "\tx", "＝1"}) {
    cell.clear();
    append_spreadsheet_cell(cell, text);
    EXPECT_THAT(cell, StartsWith("'")) << text;
  }
  cell.clear();
  append_spreadsheet_cell(cell, "a\u202Eb");
  EXPECT_EQ(cell, "a<U+202E>b");
}

TEST(Bodyfile, WritesWhatMactimeReads) {
  FakeBundle bundle = bundle_with_host();
  bundle.add_line(
      "files",
      R"({"path":"C:/a|b\n","type":"file","size":5,"md5":"d41d8cd98f00b204e9800998ecf8427e",)"
      R"("modified":"1970-01-01T00:00:02.900000000Z","accessed":"1970-01-01T00:00:01.000000000Z",)"
      R"("changed":"1970-01-01T00:00:03.000000000Z","created":"1970-01-01T00:00:04.000000000Z",)"
      R"("fn_modified":"1970-01-01T00:00:06.000000000Z","inode":77,"sequence":2})");
  bundle.add_line("files", R"({"path":"/l","type":"symlink","size":3,"mode":"4755","uid":0,)"
                           R"("gid":5,"inode":8,"link_target":"/x","allocation":"deleted"})");
  bundle.add_line("records/test.job", R"({"last_run":"1970-01-01T00:00:09.000000000Z",)"
                                      R"("source":{"path":"/etc/job"}})");
  EXPECT_EQ(
      bodyfile(bundle),
      "d41d8cd98f00b204e9800998ecf8427e|C:/a%7Cb%0A|77|r/r---------|0|0|5|1|2|3|4\n"
      "d41d8cd98f00b204e9800998ecf8427e|C:/a%7Cb%0A ($FILE_NAME)|77|r/r---------|0|0|5|0|6|0|0\n"
      "0|/l -> /x (deleted)|8|l/lrwsr-xr-x|0|5|3|0|0|0|0\n"
      "0|[test.job] Last Executed: /etc/job|0|0|0|0|0|0|9|0|0\n");
}

TEST(Timeline, FindingsAreEventsWhenTheEvidenceSaysWhen) {
  FakeBundle bundle = bundle_with_host();
  bundle.add_line("findings",
                  R"({"severity":"high","score":80,"rule":"r","path":"C:/x","reason_en":"Why.",)"
                  R"("first_seen":"2026-01-02T03:04:05.000000000Z",)"
                  R"("last_seen":"2026-01-03T03:04:05.000000000Z","source":{"path":"C:/x"}})");
  bundle.add_line("findings", R"({"severity":"low","rule":"without a time"})");
  const auto lines = parsed(timeline(bundle));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0]["timestamp_desc"], "Finding First Seen");
  EXPECT_EQ(lines[1]["timestamp_desc"], "Finding Last Seen");
  EXPECT_EQ(lines[0]["message"], "[high] r: C:/x: Why.");
  EXPECT_EQ(lines[0]["schema"], "finding");
  EXPECT_EQ(lines[0]["path"], "C:/x");
}

}  // namespace
}  // namespace konseki

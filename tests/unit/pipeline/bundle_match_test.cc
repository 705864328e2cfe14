#include "agent/pipeline/bundle_match.h"

#include <gtest/gtest.h>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"
#include "agent/bundle/reader.h"
#include "agent/bundle/writer.h"
#include "agent/pipeline/collection.h"
#include "agent/source/bundle/bundle_source.h"
#include "collectors/collector_list.h"
#include "tests/unit/artifact/memory_source.h"
#include "tests/unit/bundle/memory_output.h"

namespace konseki {
namespace {

using testing::MemoryFileSystem;
using testing::MemoryOutput;
using testing::MemorySource;

class SilentObserver : public Observer {
 public:
  void started(const Bilingual&) override {}
  void progressed(const Progress&) override {}
  void warned(const Bilingual&) override {}
};

bool holds_evil(std::string_view text) { return text.find("evil") != std::string_view::npos; }

// Finds "evil" in names, in contents and in the text fields of records, and one file by digest.
class EvilMatcher : public Matcher {
 public:
  std::string_view name() const override { return "evil"; }
  void match_entry(const MatchFile& file, FindingSink& sink) override {
    if (holds_evil(file.item.path)) tell("name", file.address, {}, sink);
    if (file.digests && to_hex(file.digests->md5) == kKnownMd5) {
      tell("digest", file.address, {}, sink);
    }
  }
  bool wants_content(const MatchFile&) const override { return true; }
  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    const auto bytes = read_all(content, 100 << 20);
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    if (holds_evil(text)) tell("content", file.address, {}, sink);
  }
  void match_record(const Record& record, FindingSink& sink) override {
    for (std::size_t i = 0; i < record.values().size(); ++i) {
      const auto* text = std::get_if<std::string>(&record.values()[i]);
      if (!text || !holds_evil(*text)) continue;
      tell("field." + std::string(record.schema().fields[i].name), record.source,
           record.schema().name, sink);
    }
  }
  MatchCoverage coverage() const override { return {"evil", {}, {}, {}}; }

  static constexpr std::string_view kKnownMd5 = "900150983cd24fb0d6963f7d28e17f72";  // "abc"

 private:
  static void tell(const std::string& rule, const PathSpec& where, std::string_view schema,
                   FindingSink& sink) {
    Finding finding;
    finding.matcher = "evil";
    finding.rule = rule;
    finding.subject = where;
    finding.schema = schema;
    sink.emit(std::move(finding));
  }
};

std::unique_ptr<MatchStage> evil_stage() {
  std::vector<std::unique_ptr<Matcher>> matchers;
  matchers.push_back(std::make_unique<EvilMatcher>());
  return std::make_unique<MatchStage>(std::move(matchers));
}

std::string rows_of(const MatchStage& stage) {
  std::string rows;
  for (Finding finding : stage.findings()) {
    finding.subject.evidence.clear();
    rows += finding_json(finding) + "\n";
  }
  return rows;
}

// A bundle of everything that `source` holds, with what the matchers found on the way.
std::string collect(Source& source, MatchStage& stage, FilesMode mode, unsigned workers) {
  MemoryOutput out;
  auto writer = make_bundle_writer(out);
  MemberHeader run;
  run.name = "konseki/run.json";
  const std::string text = R"({"tool":"konseki"})";
  run.size = text.size();
  EXPECT_TRUE(writer->add(run, std::as_bytes(std::span(text))));
  const DefinitionSet definitions;
  const KnowledgeBase knowledge = build_knowledge_base(source);
  CollectionRequest request;
  request.definitions = &definitions;
  request.knowledge = &knowledge;
  request.files = mode;
  request.limits.workers = workers;
  request.evidence = "t";
  request.matches = &stage;
  SilentObserver observer;
  const auto result = run_collection(source, *writer, request, observer, {});
  EXPECT_TRUE(result);
  EXPECT_TRUE(writer->seal(trailer_json(*result, 0)));
  return out.bytes();
}

std::unique_ptr<ByteReader> reader_of(const std::string& bytes) {
  const auto span = std::as_bytes(std::span(bytes));
  return std::make_unique<MemoryReader>(std::vector<std::byte>(span.begin(), span.end()));
}

std::unique_ptr<Source> host() {
  auto source = std::make_unique<MemorySource>();
  MemoryFileSystem& files = source->add(PathStyle::kPosix, "");
  files.add_file("etc/crontab", "* * * * * root /opt/evil --go\n");
  files.add_file("etc/cron.d/fine", "* * * * * root /bin/true\n");
  files.add_file("opt/evil", "abc");
  files.add_file("srv/page", "an evil page");
  files.add_file("srv/large", std::string(25 << 20, 'x') + "evil");
  return source;
}

BundleMatchNotes match(const std::string& bundle_bytes, MatchStage& stage, unsigned workers,
                       std::span<const RecordSchema* const> schemas) {
  auto bundle = open_bundle(reader_of(bundle_bytes));
  auto source = open_bundle_source(reader_of(bundle_bytes), "b");
  EXPECT_TRUE(bundle && source);
  BundleMatchRequest request;
  request.limits.workers = workers;
  request.record_families = {"linux.cron", "persistence"};
  request.schemas = schemas;
  SilentObserver observer;
  return match_bundle({**bundle, **source, nullptr, stage, observer}, request, {});
}

TEST(BundleMatch, FindsWhatTheCollectionFound) {
  const auto schemas = all_record_schemas();
  std::string expected;
  std::string bundle;
  for (const unsigned workers : {1U, 3U}) {
    auto source = host();
    auto stage = evil_stage();
    bundle = collect(*source, *stage, FilesMode::kCollect, workers);
    const std::string rows = rows_of(*stage);
    EXPECT_TRUE(expected.empty() || rows == expected) << rows << expected;
    expected = rows;
  }
  for (const std::string_view part :
       {R"("rule":"name")", R"("rule":"content")", R"("rule":"digest")", R"("path":"/srv/large")",
        R"("rule":"field.command")", R"("schema":"persistence")"}) {
    EXPECT_NE(expected.find(part), std::string::npos) << part << "\n" << expected;
  }
  for (const unsigned workers : {1U, 3U}) {
    auto stage = evil_stage();
    const BundleMatchNotes notes = match(bundle, *stage, workers, schemas);
    EXPECT_EQ(rows_of(*stage), expected);
    EXPECT_EQ(notes.damaged_rows, 0U);
    EXPECT_TRUE(notes.unknown_families.empty() && notes.unknown_fields.empty());
    EXPECT_EQ(stage->summary().gaps, 0U);
  }
  auto again = evil_stage();
  auto source = open_bundle_source(reader_of(bundle), "b");
  ASSERT_TRUE(source);
  collect(**source, *again, FilesMode::kCollect, 2);
  EXPECT_EQ(rows_of(*again), expected) << "the bundle collected again";
}

// Records of a family that this version does not know are matched by what their rows say.
TEST(BundleMatch, MatchesRecordsWithoutTheirSchema) {
  auto source = host();
  auto stage = evil_stage();
  const auto bundle = collect(*source, *stage, FilesMode::kCollect, 2);
  auto blind = evil_stage();
  const BundleMatchNotes notes = match(bundle, *blind, 2, {});
  EXPECT_EQ(rows_of(*blind), rows_of(*stage));
  EXPECT_EQ(notes.unknown_families, (std::vector<std::string>{"linux.cron", "persistence"}));
}

// Digests and names of files whose content was not kept are matched; the rest is counted.
TEST(BundleMatch, SaysWhatContentIsNotInTheBundle) {
  auto source = host();
  auto stage = evil_stage();
  const auto bundle = collect(*source, *stage, FilesMode::kDigest, 2);
  auto later = evil_stage();
  match(bundle, *later, 2, all_record_schemas());
  EXPECT_EQ(later->summary().not_read.at("not_in_bundle"), 5U);
  EXPECT_EQ(later->summary().contents, 0U);
  const std::string rows = rows_of(*later);
  EXPECT_NE(rows.find(R"("rule":"digest")"), std::string::npos);
  EXPECT_NE(rows.find(R"("rule":"name")"), std::string::npos);
  EXPECT_EQ(rows.find(R"("rule":"content")"), std::string::npos);
}

// A bundle cut off in the middle: what is there is matched.
TEST(BundleMatch, UsesTheSoundPartOfACutBundle) {
  auto source = host();
  auto stage = evil_stage();
  auto bundle = collect(*source, *stage, FilesMode::kCollect, 2);
  bundle.resize(bundle.size() * 3 / 4);
  auto opened = open_bundle_source(reader_of(bundle), "b");
  if (!opened) GTEST_SKIP() << "nothing left of it";
  auto later = evil_stage();
  match(bundle, *later, 2, all_record_schemas());
  EXPECT_GE(later->summary().files, 1U);
}

}  // namespace
}  // namespace konseki

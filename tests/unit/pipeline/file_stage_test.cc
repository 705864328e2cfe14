#include "agent/pipeline/file_stage.h"

#include <gtest/gtest.h>

#include "agent/base/digest.h"
#include "collectors/collector_list.h"
#include "tests/support/hive_log.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/regf_builder.h"

namespace konseki {
namespace {

using testing::MemoryFileSystem;

// Keeps what is written as text, one line a call.
class FakeWriter : public BundleWriter {
 public:
  Result<void> add(const MemberHeader& header, std::span<const std::byte> content) override {
    if (fail_after == 0) return fail(ErrorCode::kIoError, "disk full");
    if (fail_after > 0) --fail_after;
    log.push_back((header.type == MemberType::kHardLink ? "link " : "add ") + header.name + " " +
                  std::to_string(content.size()));
    return {};
  }
  Result<void> begin(const MemberHeader& header) override {
    log.push_back("begin " + header.name + " " + std::to_string(header.size));
    streamed = 0;
    return {};
  }
  Result<void> write(std::span<const std::byte> content) override {
    streamed += content.size();
    return {};
  }
  Result<std::uint64_t> end(const std::optional<Sha256>&) override {
    log.push_back("end " + std::to_string(streamed));
    return std::uint64_t{0};
  }
  Result<void> append_line(std::string_view stream, std::string_view json) override {
    if (stream == "files") rows.emplace_back(json);
    if (stream.starts_with("records/")) records.emplace_back(json);
    return {};
  }
  Result<void> audit(Timestamp, std::string_view event, std::string_view) override {
    log.push_back("audit " + std::string(event));
    return {};
  }
  Result<Sha256> seal(std::string_view) override { return Sha256{}; }
  std::uint64_t content_bytes() const override { return 0; }
  std::uint64_t written_bytes() const override { return 0; }

  std::vector<std::string> log;
  std::vector<std::string> rows;
  std::vector<std::string> records;
  std::uint64_t streamed = 0;
  int fail_after = -1;
};

class SilentObserver : public Observer {
 public:
  void started(const Bilingual&) override {}
  void progressed(const Progress&) override {}
  void warned(const Bilingual&) override {}
};

// Says it holds more than it gives, as a file that shrinks does, or fails in the middle.
class ShortReader : public ByteReader {
 public:
  ShortReader(std::uint64_t claimed, std::uint64_t real, bool broken)
      : claimed_(claimed), real_(real), broken_(broken) {}
  std::uint64_t size() const override { return claimed_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= real_) {
      if (broken_) return fail(ErrorCode::kIoError, "offset " + std::to_string(offset));
      return std::size_t{0};
    }
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), real_ - offset));
    std::fill_n(out.begin(), count, std::byte{'x'});
    return count;
  }

 private:
  std::uint64_t claimed_, real_;
  bool broken_;
};

class ShrinkingFileSystem : public MemoryFileSystem {
 public:
  using MemoryFileSystem::MemoryFileSystem;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view) override {
    return std::make_unique<ShortReader>(entry.size, real, broken);
  }
  std::uint64_t real = 0;
  bool broken = false;
};

class FileStageTest : public ::testing::Test {
 protected:
  FileStageTest() { limits_.max_memory = 32 << 20; }

  // Submits every regular file of `files` in list order.
  Result<void> run(FileSystem& files, FileAction action = FileAction::kCollect) {
    Budget budget(limits_, std::nullopt);
    RecordStage records(writer_, counts_);
    FileStage stage(
        {writer_, names_, records, collectors_, budget, counts_, observer_, nullptr, "t", matches_},
        limits_);
    Result<void> result;
    auto walked = files.walk({}, [&](const Entry& entry) {
      FileTask task;
      task.file_system = &files;
      task.entry = entry;
      task.size = entry.size;
      task.action = action;
      if (result) result = stage.submit(std::move(task));
      return WalkAction::kContinue;
    });
    EXPECT_TRUE(walked);
    auto drained = stage.drain();
    return result ? std::move(drained) : std::move(result);
  }

  FakeWriter writer_;
  MemberNames names_;
  std::vector<std::unique_ptr<Collector>> collectors_;
  Counts counts_;
  SilentObserver observer_;
  Limits limits_;
  MatchStage* matches_ = nullptr;
};

std::string software_hive(std::string_view network) {
  testing::HiveKey root;
  root.name = "ROOT";
  root.at("Microsoft/Windows NT/CurrentVersion/NetworkList/Profiles/{1}").values = {
      testing::sz("ProfileName", network)};
  return testing::build_hive(root);
}

// Records show the hive with its logs applied; what is stored is the file as it was.
TEST_F(FileStageTest, ParsesADirtyHiveWithItsLogs) {
  const std::string before = testing::dirty_hive(software_hive("before"), 5, 4);
  const std::string after = software_hive("after!");
  const std::string path = "Windows/System32/config/SOFTWARE";
  for (const bool with_log : {true, false}) {
    MemoryFileSystem files(PathStyle::kWindows, "C:");
    files.add_file(path, before);
    if (with_log) {
      files.add_file(path + ".LOG1",
                     testing::hive_log(before, 5, {testing::log_entry(5, before, after)}));
    }
    collectors_ = make_all_collectors();
    writer_ = FakeWriter();
    names_ = MemberNames();
    ASSERT_TRUE(run(files));
    std::string records;
    for (const std::string& record : writer_.records) records += record + "\n";
    EXPECT_NE(records.find(with_log ? "\"state\":\"replayed\"" : "\"state\":\"not_replayed\""),
              std::string::npos)
        << records;
    EXPECT_EQ(records.find("\"after!\"") != std::string::npos, with_log) << records;
    EXPECT_EQ(records.find("\"before\"") != std::string::npos, !with_log) << records;
    if (!with_log) {
      EXPECT_NE(records.find("no logs beside it"), std::string::npos);
    }
    const std::string digest = to_hex(sha256_of(std::as_bytes(std::span(before))));
    EXPECT_TRUE(std::any_of(writer_.rows.begin(), writer_.rows.end(), [&](const std::string& row) {
      return row.find("/SOFTWARE\"") != std::string::npos && row.find(digest) != std::string::npos;
    }));
  }
}

TEST_F(FileStageTest, KeepsTheOrderOfSubmissionWithManyWorkers) {
  MemoryFileSystem files;
  for (int i = 100; i < 300; ++i) files.add_file("f" + std::to_string(i), std::string(i * 37, 'a'));
  limits_.workers = 8;
  ASSERT_TRUE(run(files));
  ASSERT_EQ(writer_.log.size(), 200U);
  for (int i = 100; i < 300; ++i) {
    EXPECT_EQ(writer_.log[i - 100],
              "add [root]/f" + std::to_string(i) + " " + std::to_string(i * 37));
  }
  EXPECT_EQ(counts_.collected, 200U);
}

TEST_F(FileStageTest, StoresLargeDuplicatesOnceButNeverLinksWhatParsersRead) {
  MemoryFileSystem files;
  const std::string content(100'000, 'd');
  files.add_file("a/one.bin", content);
  files.add_file("a/two.bin", content);
  files.add_file("var/log/copy", content);
  files.add_file("small1", "same");
  files.add_file("small2", "same");
  ASSERT_TRUE(run(files));
  const std::vector<std::string> expected{"add [root]/small1 4", "add [root]/small2 4",
                                          "add [root]/a/one.bin 100000", "link [root]/a/two.bin 0",
                                          "add [root]/var/log/copy 100000"};
  EXPECT_EQ(writer_.log, expected);
  EXPECT_EQ(counts_.linked, 1U);
}

TEST_F(FileStageTest, StreamsLargeFilesAndPadsWhatShrinks) {
  ShrinkingFileSystem files;
  files.add_file("big", "").size = 50 << 20;
  files.real = 48 << 20;
  ASSERT_TRUE(run(files));
  const std::vector<std::string> expected{"begin [root]/big 52428800", "end 52428800"};
  EXPECT_EQ(writer_.log, expected);
  ASSERT_EQ(writer_.rows.size(), 1U);
  EXPECT_NE(writer_.rows[0].find(R"("padded":2097152)"), std::string::npos) << writer_.rows[0];
  EXPECT_EQ(counts_.gaps, 1U);
}

TEST_F(FileStageTest, KeepsThePartBeforeAReadError) {
  ShrinkingFileSystem files;
  files.add_file("big", "").size = 50 << 20;
  files.add_file("small", "").size = 10;
  files.real = 4;
  files.broken = true;
  ASSERT_TRUE(run(files));
  ASSERT_EQ(writer_.rows.size(), 2U);
  for (const std::string& row : writer_.rows) {
    EXPECT_NE(row.find(R"("reason":"io_error","detail":"offset 4")"), std::string::npos) << row;
    EXPECT_NE(row.find(R"("status":"collected")"), std::string::npos) << row;
  }
  EXPECT_EQ(counts_.gaps, 2U);
}

TEST_F(FileStageTest, ReadsAFurtherNameOfALargeFileOnce) {
  ShrinkingFileSystem files;
  files.real = 50 << 20;
  for (const char* name : {"one", "two"}) {
    Entry& entry = files.add_file(name, "");
    entry.size = 50 << 20;
    entry.inode = 7;
    entry.link_count = 2;
  }
  ASSERT_TRUE(run(files));
  const std::vector<std::string> expected{"begin [root]/one 52428800", "end 52428800",
                                          "link [root]/two 0"};
  EXPECT_EQ(writer_.log, expected);
}

TEST_F(FileStageTest, RecordsPlaceholdersWithoutReadingThem) {
  MemoryFileSystem files;
  files.add_file("cloud", "never read").cloud_placeholder = true;
  ASSERT_TRUE(run(files));
  EXPECT_TRUE(writer_.log.empty());
  ASSERT_EQ(writer_.rows.size(), 1U);
  EXPECT_NE(writer_.rows[0].find(R"("status":"skipped","reason":"cloud_placeholder")"),
            std::string::npos);
  EXPECT_EQ(writer_.rows[0].find("sha256"), std::string::npos);
}

TEST_F(FileStageTest, StopsAtTheFirstErrorOfTheBundle) {
  MemoryFileSystem files;
  for (int i = 0; i < 50; ++i) files.add_file("f" + std::to_string(i), "x");
  writer_.fail_after = 3;
  const auto result = run(files);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().detail, "disk full");
  EXPECT_EQ(writer_.log.size(), 3U);
}

TEST_F(FileStageTest, DigestsWithoutStoring) {
  MemoryFileSystem files;
  files.add_file("a", "abc");
  ASSERT_TRUE(run(files, FileAction::kDigest));
  EXPECT_TRUE(writer_.log.empty());
  ASSERT_EQ(writer_.rows.size(), 1U);
  EXPECT_NE(
      writer_.rows[0].find("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      std::string::npos);
  EXPECT_EQ(counts_.listed, 1U);
}

// Finds every file, with what is known of it when it is shown.
class EveryFile : public Matcher {
 public:
  std::string_view name() const override { return "every"; }
  void match_entry(const MatchFile& file, FindingSink& sink) override {
    tell(file, file.digests ? "entry, digests" : "entry", sink);
  }
  bool wants_content(const MatchFile&) const override { return true; }
  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    std::string how = file.content.empty() ? "content read" : "content in memory";
    tell(file, how + " " + std::to_string(content.size()), sink);
  }
  MatchCoverage coverage() const override { return {"every", {}, {}, {}}; }

 private:
  static void tell(const MatchFile& file, const std::string& what, FindingSink& sink) {
    Finding finding;
    finding.rule = what;
    finding.subject = file.address;
    sink.emit(std::move(finding));
  }
};

TEST_F(FileStageTest, ShowsEveryFileOnceToMatchers) {
  ShrinkingFileSystem large;
  large.real = 50 << 20;
  large.add_file("big", "").size = 50 << 20;
  MemoryFileSystem files;
  files.add_file("cloud", "never read").cloud_placeholder = true;
  files.add_file("small", "abc");
  for (const FileAction action : {FileAction::kCollect, FileAction::kDigest, FileAction::kList}) {
    std::vector<std::unique_ptr<Matcher>> matchers;
    matchers.push_back(std::make_unique<EveryFile>());
    MatchStage matches(std::move(matchers));
    matches_ = &matches;
    matches.begin({});
    names_ = MemberNames();
    ASSERT_TRUE(run(large, action));
    ASSERT_TRUE(run(files, action));
    matches.finish();
    std::string found;
    for (const Finding& each : matches.findings()) {
      EXPECT_EQ(each.count, 1U);
      found += each.subject.evidence + each.subject.path + ": " + each.rule + "\n";
    }
    EXPECT_EQ(matches.summary().files, 3U);
    if (action == FileAction::kList) {
      EXPECT_EQ(found, "t/big: entry\nt/cloud: entry\nt/small: entry\n");
      EXPECT_EQ(matches.summary().not_read.at("listed"), 3U);
      continue;
    }
    EXPECT_EQ(found,
              "t/big: content read 52428800\nt/big: entry, digests\nt/cloud: entry\n"
              "t/small: content in memory 3\nt/small: entry, digests\n");
    EXPECT_EQ(matches.summary().not_read.at("cloud_placeholder"), 1U);
    EXPECT_EQ(matches.summary().contents, 2U);
  }
}

}  // namespace
}  // namespace konseki

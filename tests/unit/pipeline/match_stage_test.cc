#include "agent/pipeline/match_stage.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "agent/base/digest.h"
#include "agent/base/memory_reader.h"

namespace konseki {
namespace {

// Finds every file whose content holds "evil", and everything when `broad`.
class WordMatcher : public Matcher {
 public:
  explicit WordMatcher(bool broad = false) : broad_(broad) {}

  std::string_view name() const override { return "word"; }
  void match_entry(const MatchFile& file, FindingSink& sink) override {
    if (file.item.entry.name() == "throw") throw std::runtime_error("cannot");
    if (broad_) sink.emit(finding("any", file));
  }
  bool wants_content(const MatchFile& file) const override { return file.size < 1000; }
  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override {
    const auto bytes = read_all(content, 1000);
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    if (text.find("evil") != std::string_view::npos) sink.emit(finding("evil", file));
  }
  void finish(FindingSink& sink) override {
    sink.gap("/unread", {ErrorCode::kLimitExceeded, "time_limit", {}});
    sink.gap("/unread", {ErrorCode::kLimitExceeded, "time_limit", {}});
  }
  MatchCoverage coverage() const override { return {"word", {{"rules", 2}}, {}, {}}; }

 private:
  static Finding finding(const std::string& rule, const MatchFile& file) {
    Finding out;
    out.matcher = "word";
    out.rule = rule;
    out.severity = Severity::kHigh;
    out.score = 70;
    out.subject = file.address;
    out.reason = {"It says evil.", "evil とあります。"};
    return out;
  }
  bool broad_;
};

void show(MatchStage& stage, const std::string& name, const std::string& content) {
  Entry entry;
  entry.path = name;
  entry.type = FileType::kRegular;
  VolumeInfo volume;
  const FileItem item{entry, volume, name, {}, {}};
  DigestPass pass;
  pass.update(std::as_bytes(std::span(content)));
  const Digests digests = pass.finish();
  MatchFile file{item, {}, &digests, {}, {}, content.size(), std::as_bytes(std::span(content))};
  file.address.path = name;
  SpanReader reader(file.content);
  if (stage.wants_content(file)) stage.see_content(file, reader);
  stage.see_file(file, {});
}

std::vector<std::unique_ptr<Matcher>> word_matcher(bool broad = false) {
  std::vector<std::unique_ptr<Matcher>> matchers;
  matchers.push_back(std::make_unique<WordMatcher>(broad));
  return matchers;
}

TEST(MatchStage, SaysWhatWasFoundWhatWasLookedAtAndWhatCouldNotBe) {
  MatchStage stage(word_matcher());
  stage.begin({});
  show(stage, "good", "good");
  show(stage, "bad", "so evil");
  show(stage, "throw", "x");
  stage.finish();
  ASSERT_EQ(stage.findings().size(), 1U);
  EXPECT_EQ(stage.findings()[0].subject.path, "bad");
  const MatchSummary& summary = stage.summary();
  EXPECT_EQ(summary.files, 3U);
  EXPECT_EQ(summary.contents, 3U);
  EXPECT_EQ(summary.at_least(Severity::kHigh), 1U);
  EXPECT_EQ(summary.at_least(Severity::kCritical), 0U);
  ASSERT_EQ(summary.matchers.size(), 1U);
  EXPECT_EQ(summary.matchers[0].loaded.at("rules"), 2U);
  EXPECT_EQ(summary.gaps, 2U) << "what was thrown, and the time-out told twice";
  EXPECT_EQ(stage.gaps().count({"throw", "word: cannot"}), 1U);
}

TEST(MatchStage, ThreadsDoNotShow) {
  std::string expected;
  for (const unsigned threads : {1U, 4U}) {
    MatchStage stage(word_matcher(true), {}, {20, 1000});
    stage.begin({});
    std::vector<std::jthread> workers;
    for (unsigned t = 0; t < threads; ++t) {
      workers.emplace_back([&stage, t, threads] {
        for (unsigned i = t; i < 200; i += threads) {
          show(stage, "f" + std::to_string(i), i % 50 == 0 ? "evil" : "good");
        }
      });
    }
    workers.clear();
    stage.finish();
    std::string rows;
    for (const Finding& each : stage.findings()) rows += finding_json(each) + "\n";
    if (expected.empty()) expected = rows;
    EXPECT_EQ(rows, expected);
    EXPECT_EQ(stage.findings().size(), 4U + 20U + 1U);
    const Finding& last = stage.findings().back();
    EXPECT_EQ(last.flags, std::vector<std::string>{"too_broad"});
    EXPECT_EQ(last.count, 200U);
    EXPECT_EQ(last.severity, Severity::kInfo);
  }
}

TEST(MatchStage, AllowListTurnsAFindingIntoANote) {
  AllowList allowed;
  const std::string content = "so evil";
  const std::string digest = to_hex(sha256_of(std::as_bytes(std::span(content))));
  ASSERT_TRUE(allowed.add("# ours\n" + digest + "; our own test file\n", "allow.txt"));
  MatchStage stage(word_matcher(), std::move(allowed));
  stage.begin({});
  show(stage, "bad", content);
  show(stage, "worse", "really evil");
  stage.finish();
  ASSERT_EQ(stage.findings().size(), 2U);
  EXPECT_EQ(stage.findings()[0].subject.path, "worse");
  EXPECT_EQ(stage.findings()[0].severity, Severity::kHigh);
  const Finding& note = stage.findings()[1];
  EXPECT_EQ(note.severity, Severity::kInfo);
  EXPECT_EQ(note.flags, std::vector<std::string>{"allow_listed"});
  EXPECT_EQ(note.witnesses[0].text.en,
            "On the allow list (the rule said high, score 70): our own test file");
  EXPECT_EQ(stage.summary().allowed, 1U);
}

TEST(AllowList, ReadsDigestsOfEitherCaseAndNamesTheLineThatIsWrong) {
  AllowList list;
  ASSERT_TRUE(
      list.add("\xEF\xBB\xBF"
               "D41D8CD98F00B204E9800998ECF8427E ; empty\r\n\n"
               "da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
               "a"));
  EXPECT_EQ(list.size(), 2U);
  EXPECT_EQ(*list.find("d41d8cd98f00b204e9800998ecf8427e"), "empty");
  EXPECT_EQ(*list.find("da39a3ee5e6b4b0d3255bfef95601890afd80709"), "");
  EXPECT_EQ(list.find("d41d8cd98f00b204e9800998ecf8427f"), nullptr);
  const auto wrong = list.add("\n# fine\nnot a digest; x\n", "b.txt");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().detail, "b.txt:3");
}

}  // namespace
}  // namespace konseki

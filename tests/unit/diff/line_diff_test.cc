#include "agent/diff/line_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Applies the changes to the old lines: the new ones must come out.
std::vector<std::string_view> applied(const LineDiff& diff) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  for (const LineChange& each : diff.changes) {
    for (; at < each.old_first; ++at) out.push_back(diff.old_lines[at]);
    for (std::size_t i = 0; i < each.new_count; ++i) {
      out.push_back(diff.new_lines[each.new_first + i]);
    }
    at += each.old_count;
  }
  for (; at < diff.old_lines.size(); ++at) out.push_back(diff.old_lines[at]);
  return out;
}

// The length of a longest common subsequence, the slow way.
std::size_t common(const LineDiff& diff) {
  const auto& a = diff.old_lines;
  const auto& b = diff.new_lines;
  std::vector<std::size_t> row(b.size() + 1);
  for (const auto& line : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = line == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

TEST(LineDiff, TellsWhatWasPutIn) {
  const LineDiff diff = diff_lines("a\nb\nc\n", "a\nx\nb\nc\ny\n");
  EXPECT_THAT(diff.changes, ElementsAre(LineChange{1, 0, 1, 1}, LineChange{3, 0, 4, 1}));
  EXPECT_TRUE(diff.shortest);
}

TEST(LineDiff, TellsWhatWasReplaced) {
  const LineDiff diff = diff_lines("a\nb\nc\nd\n", "a\nB\nc\n");
  EXPECT_THAT(diff.changes, ElementsAre(LineChange{1, 1, 1, 1}, LineChange{3, 1, 3, 0}));
}

TEST(LineDiff, EmptyTexts) {
  EXPECT_THAT(diff_lines("", "").changes, IsEmpty());
  EXPECT_THAT(diff_lines("", "a\n").changes, ElementsAre(LineChange{0, 0, 0, 1}));
  EXPECT_THAT(diff_lines("a", "").changes, ElementsAre(LineChange{0, 1, 0, 0}));
}

TEST(LineDiff, LineEndsAreToldApart) {
  const LineDiff diff = diff_lines("a\nb\n", "a\r\nb");
  EXPECT_THAT(diff.changes, IsEmpty());
  EXPECT_EQ(diff.old_endings, (LineEndings{2, 0, true}));
  EXPECT_EQ(diff.new_endings, (LineEndings{1, 1, false}));
}

TEST(LineDiff, IsRightAndShortestOnRandomTexts) {
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    std::string old_text, new_text;
    const unsigned letters = 1 + random() % 5;
    for (unsigned i = random() % 40; i > 0; --i) {
      old_text += static_cast<char>('a' + random() % letters);
      old_text += '\n';
    }
    for (unsigned i = random() % 40; i > 0; --i) {
      new_text += static_cast<char>('a' + random() % letters);
      new_text += '\n';
    }
    const LineDiff diff = diff_lines(old_text, new_text);
    ASSERT_EQ(applied(diff), diff.new_lines) << old_text << "--\n" << new_text;
    std::size_t edits = 0;
    for (const LineChange& each : diff.changes) edits += each.old_count + each.new_count;
    EXPECT_EQ(edits, diff.old_lines.size() + diff.new_lines.size() - 2 * common(diff));
  }
}

TEST(LineDiff, TextsWithNothingInCommonAreBounded) {
  std::string old_text, new_text;
  std::mt19937 random(1);
  for (int i = 0; i < 100'000; ++i) {
    old_text += std::to_string(random() % 50) + '\n';
    new_text += std::to_string(random() % 50 + 25) + '\n';
  }
  const LineDiff diff = diff_lines(old_text, new_text);
  EXPECT_FALSE(diff.shortest);
  EXPECT_EQ(applied(diff), diff.new_lines);
}

}  // namespace
}  // namespace konseki

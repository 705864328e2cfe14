#include "agent/diff/file_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace konseki {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FileChange compared(std::string_view was, std::string_view is, std::size_t most = 100) {
  FileChange change;
  DiffOptions options;
  options.most_lines = most;
  compare_lines(std::as_bytes(std::span(was)), std::as_bytes(std::span(is)), options, change);
  return change;
}

TEST(FileLines, HunkWithItsSurroundings) {
  const FileChange change = compared("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n");
  ASSERT_EQ(change.hunks.size(), 1U);
  const Hunk& hunk = change.hunks[0];
  EXPECT_THAT(hunk.lines, ElementsAre(" 2", " 3", " 4", "-5", "+X", " 6", " 7", " 8"));
  EXPECT_EQ(hunk.old_first, 2U);
  EXPECT_EQ(hunk.old_count, 7U);
  EXPECT_EQ(hunk.new_count, 7U);
  EXPECT_EQ(change.lines_added, 1U);
  EXPECT_EQ(change.lines_removed, 1U);
}

TEST(FileLines, FarChangesAreHunksOfTheirOwn) {
  std::string was, is;
  for (int i = 0; i < 40; ++i) {
    was += std::to_string(i) + '\n';
    is += (i == 2 || i == 30 ? "x" : std::to_string(i)) + '\n';
  }
  EXPECT_EQ(compared(was, is).hunks.size(), 2U);
}

TEST(FileLines, WhatIsLeftOutIsCounted) {
  std::string is;
  for (int i = 0; i < 50; ++i) is += "line\n";
  const FileChange change = compared("a\n", "a\n" + is, 10);
  EXPECT_EQ(change.lines_added, 50U);
  EXPECT_EQ(change.lines_left_out, 40U);
}

TEST(FileLines, LineEndsAlone) {
  const FileChange change = compared("a\nb\n", "a\r\nb\r\n");
  EXPECT_TRUE(change.line_ends_only);
  EXPECT_THAT(change.hunks, IsEmpty());
  EXPECT_EQ(change.note.en, "line ends: LF -> CRLF");
  EXPECT_FALSE(change.note.ja.empty());
}

TEST(FileLines, BytesAreNoText) {
  const FileChange change = compared(std::string_view("a\0b", 3), "ab");
  EXPECT_FALSE(change.lines_compared);
  EXPECT_EQ(change.note.en, "not text");
}

TEST(FileLines, Utf16WithItsMarkIsText) {
  const std::string_view is(
      "\xff\xfe"
      "a\0\n\0",
      6);
  EXPECT_TRUE(compared(is, "b\n").lines_compared);
}

}  // namespace
}  // namespace konseki

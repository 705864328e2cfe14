// Which lines of two texts differ: the shortest edit script after Myers, within bounds.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace konseki {

// Lines [old_first, old_first + old_count) became [new_first, new_first + new_count). From 0.
struct LineChange {
  std::size_t old_first = 0;
  std::size_t old_count = 0;
  std::size_t new_first = 0;
  std::size_t new_count = 0;

  bool operator==(const LineChange&) const = default;
};

// What the ends of lines are in a text.
struct LineEndings {
  std::size_t lf = 0;
  std::size_t crlf = 0;
  bool last_ended = true;  // the last line has one

  bool operator==(const LineEndings&) const = default;
};

struct LineDiff {
  std::vector<std::string_view> old_lines;  // without their ends; into the texts given
  std::vector<std::string_view> new_lines;
  LineEndings old_endings;
  LineEndings new_endings;
  std::vector<LineChange> changes;  // in order, never touching; empty: only line ends differ
  bool shortest = true;  // false: the search was ended, changes may be larger than needed
};

// Compares line by line; "\r\n" and "\n" count as equal. Time is bounded by about 50 million steps
// beside one pass over the texts, memory by some 60 bytes a line: texts in which everything differs
// come out as whole blocks.
LineDiff diff_lines(std::string_view old_text, std::string_view new_text);

}  // namespace konseki

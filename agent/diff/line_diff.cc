#include "agent/diff/line_diff.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>

namespace konseki {
namespace {

using Position = std::int64_t;

constexpr std::uint64_t kMostSteps = 50'000'000;
constexpr Position kMostEdits = 4096;  // on one level of the search
constexpr Position kNowhere = std::numeric_limits<Position>::max();

std::vector<std::string_view> lines_of(std::string_view text, LineEndings& endings) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    endings.last_ended = end != std::string_view::npos;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(endings.last_ended ? end + 1 : text.size());
    const bool carriage_return = line.ends_with('\r');
    if (carriage_return) line.remove_suffix(1);
    ++(carriage_return ? endings.crlf : endings.lf);
    out.push_back(line);
  }
  return out;
}

// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), section 4b: from both ends to
// the middle of a shortest script, then either half by itself.
class Search {
 public:
  Search(std::vector<std::uint32_t> old_lines, std::vector<std::uint32_t> new_lines)
      : old_(std::move(old_lines)),
        new_(std::move(new_lines)),
        removed_(old_.size()),
        added_(new_.size()),
        forward_(old_.size() + new_.size() + 3),
        backward_(forward_.size()) {}

  bool run() {
    halve(0, static_cast<Position>(old_.size()), 0, static_cast<Position>(new_.size()));
    return shortest_;
  }

  std::vector<LineChange> changes() const {
    std::vector<LineChange> out;
    std::size_t i = 0, j = 0;
    while (i < old_.size() || j < new_.size()) {
      LineChange change{i, 0, j, 0};
      while (i < old_.size() && removed_[i]) ++i;
      while (j < new_.size() && added_[j]) ++j;
      change.old_count = i - change.old_first;
      change.new_count = j - change.new_first;
      if (change.old_count + change.new_count > 0) out.push_back(change);
      if (i < old_.size()) ++i;  // a line that both have
      if (j < new_.size()) ++j;
    }
    return out;
  }

 private:
  struct Point {
    Position i, j;
  };

  // The diagonal `d` = i - j of an edit graph, as an index.
  std::size_t at(Position d) const {
    return static_cast<std::size_t>(d + static_cast<Position>(new_.size()) + 1);
  }

  bool equal(Position i, Position j) const {
    return old_[static_cast<std::size_t>(i)] == new_[static_cast<std::size_t>(j)];
  }

  void halve(Position i, Position i_end, Position j, Position j_end) {
    while (i < i_end && j < j_end && equal(i, j)) ++i, ++j;
    while (i < i_end && j < j_end && equal(i_end - 1, j_end - 1)) --i_end, --j_end;
    std::optional<Point> middle;
    if (i < i_end && j < j_end) {
      middle = middle_of(i, i_end, j, j_end);
      shortest_ = shortest_ && middle;
    }
    if (middle) {
      halve(i, middle->i, j, middle->j);
      halve(middle->i, i_end, middle->j, j_end);
      return;
    }
    for (; i < i_end; ++i) removed_[static_cast<std::size_t>(i)] = true;
    for (; j < j_end; ++j) added_[static_cast<std::size_t>(j)] = true;
  }

  // A point on a shortest way; nothing when it is longer than the bounds let us search.
  std::optional<Point> middle_of(Position i, Position i_end, Position j, Position j_end) {
    const Position first = i - j, last = i_end - j_end;  // diagonals of the two corners
    const Position lowest = i - j_end, highest = i_end - j;
    const bool meets_forward = (first - last) % 2 != 0;
    Position f_low = first, f_high = first, b_low = last, b_high = last;
    forward_[at(first)] = i;
    backward_[at(last)] = i_end;
    for (Position edits = 1; edits <= kMostEdits; ++edits) {
      f_low > lowest ? forward_[at(--f_low - 1)] = -1 : ++f_low;
      f_high < highest ? forward_[at(++f_high + 1)] = -1 : --f_high;
      for (Position d = f_high; d >= f_low; d -= 2) {
        Position x = std::max(forward_[at(d - 1)] + 1, forward_[at(d + 1)]);
        steps_ += 1;
        for (; x < i_end && x - d < j_end && equal(x, x - d); ++x) ++steps_;
        forward_[at(d)] = x;
        if (meets_forward && b_low <= d && d <= b_high && backward_[at(d)] <= x) {
          return Point{x, x - d};
        }
      }
      b_low > lowest ? backward_[at(--b_low - 1)] = kNowhere : ++b_low;
      b_high < highest ? backward_[at(++b_high + 1)] = kNowhere : --b_high;
      for (Position d = b_high; d >= b_low; d -= 2) {
        Position x = std::min(backward_[at(d - 1)], backward_[at(d + 1)] - 1);
        steps_ += 1;
        for (; x > i && x - d > j && equal(x - 1, x - d - 1); --x) ++steps_;
        backward_[at(d)] = x;
        if (!meets_forward && f_low <= d && d <= f_high && x <= forward_[at(d)]) {
          return Point{x, x - d};
        }
      }
      if (steps_ > kMostSteps) return std::nullopt;
    }
    return std::nullopt;
  }

  const std::vector<std::uint32_t> old_, new_;
  std::vector<bool> removed_, added_;
  std::vector<Position> forward_, backward_;  // by diagonal: how far one comes on it
  std::uint64_t steps_ = 0;
  bool shortest_ = true;
};

}  // namespace

LineDiff diff_lines(std::string_view old_text, std::string_view new_text) {
  LineDiff diff;
  diff.old_lines = lines_of(old_text, diff.old_endings);
  diff.new_lines = lines_of(new_text, diff.new_endings);
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  const auto numbered = [&](const std::vector<std::string_view>& lines) {
    std::vector<std::uint32_t> out;
    out.reserve(lines.size());
    for (const std::string_view line : lines) {
      out.push_back(numbers.try_emplace(line, numbers.size()).first->second);
    }
    return out;
  };
  auto old_numbers = numbered(diff.old_lines);
  Search search(std::move(old_numbers), numbered(diff.new_lines));
  diff.shortest = search.run();
  diff.changes = search.changes();
  return diff;
}

}  // namespace konseki

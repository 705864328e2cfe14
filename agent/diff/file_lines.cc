#include "agent/diff/file_lines.h"

#include <algorithm>
#include <optional>
#include <string>

#include "agent/base/unicode.h"
#include "agent/diff/line_diff.h"

namespace konseki {
namespace {

constexpr std::size_t kProbe = 8192;
constexpr std::size_t kMostLines = 300'000;

// The content as text; nothing when it is none.
std::optional<std::string> text_of(std::span<const std::byte> bytes) {
  if (bytes.size() >= 2 && bytes[0] == std::byte{0xff} && bytes[1] == std::byte{0xfe}) {
    return utf16le_to_wtf8(bytes.subspan(2));
  }
  const auto head = bytes.first(std::min(bytes.size(), kProbe));
  if (std::find(head.begin(), head.end(), std::byte{0}) != head.end()) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void add_hunks(const LineDiff& diff, const DiffOptions& options, FileChange& change) {
  std::size_t shown = 0;
  const auto put = [&](Hunk& hunk, char sign, std::string_view line) {
    hunk.lines.push_back(sign + std::string(line));
  };
  for (std::size_t i = 0; i < diff.changes.size();) {
    // Changes whose surroundings touch are one hunk.
    std::size_t last = i;
    const auto end_of = [](const LineChange& each) { return each.new_first + each.new_count; };
    while (last + 1 < diff.changes.size() &&
           diff.changes[last + 1].new_first - end_of(diff.changes[last]) <= 2 * options.context) {
      ++last;
    }
    const std::size_t before =
        std::min({options.context, diff.changes[i].new_first, diff.changes[i].old_first});
    Hunk hunk;
    hunk.old_first = diff.changes[i].old_first - before;
    hunk.new_first = diff.changes[i].new_first - before;
    std::size_t old_at = hunk.old_first, new_at = hunk.new_first;
    const auto same_until = [&](std::size_t end) {
      for (; new_at < end; ++new_at, ++old_at) put(hunk, ' ', diff.new_lines[new_at]);
    };
    for (; i <= last; ++i) {
      const LineChange& each = diff.changes[i];
      if (shown + each.old_count + each.new_count > options.most_lines && shown > 0) {
        change.lines_left_out += each.old_count + each.new_count;
        continue;
      }
      if (change.lines_left_out > 0) {
        change.lines_left_out += each.old_count + each.new_count;
        continue;
      }
      same_until(each.new_first);
      // Of one large block the beginning of both halves is told.
      const std::size_t room = options.most_lines - shown;
      const std::size_t olds =
          std::min(each.old_count, std::max(room / 2, room - std::min(room, each.new_count)));
      const std::size_t news = std::min(each.new_count, room - std::min(room, olds));
      for (std::size_t k = 0; k < olds; ++k) put(hunk, '-', diff.old_lines[each.old_first + k]);
      for (std::size_t k = 0; k < news; ++k) put(hunk, '+', diff.new_lines[each.new_first + k]);
      shown += olds + news;
      change.lines_left_out += each.old_count - olds + each.new_count - news;
      old_at = each.old_first + each.old_count;
      new_at = each.new_first + each.new_count;
    }
    if (hunk.lines.empty()) continue;
    same_until(std::min(diff.new_lines.size(), new_at + options.context));
    hunk.old_count = old_at - hunk.old_first;
    hunk.new_count = new_at - hunk.new_first;
    ++hunk.old_first;
    ++hunk.new_first;
    change.hunks.push_back(std::move(hunk));
  }
}

Bilingual endings_note(const LineDiff& diff) {
  const auto name = [](const LineEndings& ends) {
    if (ends.crlf == 0) return "LF";
    return ends.lf == 0 || (ends.lf == 1 && !ends.last_ended) ? "CRLF" : "LF+CRLF";
  };
  const std::string was = name(diff.old_endings), is = name(diff.new_endings);
  Bilingual note;
  if (was != is) {
    note = {"line ends: " + was + " -> " + is, "改行: " + was + " → " + is};
  } else if (diff.old_endings.last_ended != diff.new_endings.last_ended) {
    note = {"only one has a line end at its end", "最終行の改行の有無が異なります"};
  } else if (diff.changes.empty()) {
    note = {"line ends differ", "改行が異なります"};
  }
  return note;
}

}  // namespace

void compare_lines(std::span<const std::byte> old_bytes, std::span<const std::byte> new_bytes,
                   const DiffOptions& options, FileChange& change) {
  const auto old_text = text_of(old_bytes);
  const auto new_text = text_of(new_bytes);
  if (!old_text || !new_text) {
    change.note = {"not text", "テキストではありません"};
    return;
  }
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  if (lines(*old_text) + lines(*new_text) > static_cast<std::ptrdiff_t>(kMostLines)) {
    change.note = {"more than 300,000 lines: not compared line by line",
                   "30 万行を超えるため、行ごとの比較はしていません"};
    return;
  }
  const LineDiff diff = diff_lines(*old_text, *new_text);
  change.lines_compared = true;
  change.shortest = diff.shortest;
  change.line_ends_only = diff.changes.empty();
  change.note = endings_note(diff);
  for (const LineChange& each : diff.changes) {
    change.lines_removed += each.old_count;
    change.lines_added += each.new_count;
  }
  add_hunks(diff, options, change);
}

}  // namespace konseki

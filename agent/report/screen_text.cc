#include "agent/report/screen_text.h"

#include <algorithm>

#include "agent/base/cp932.h"
#include "agent/base/unicode.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

// What a console of code page 932 will show for it.
std::string shown_there(std::string_view text, const TerminalShape& shape) {
  std::string visible = visible_text(text);
  return shape.cp932 ? within_cp932(visible) : visible;
}

// No line begins with one of these, or ends with one of those.
bool stays_with_the_last(std::uint32_t c) {
  static constexpr std::u32string_view kClosing =
      U"、。，．・：；？！）］｝」』】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…";
  return kClosing.find(static_cast<char32_t>(c)) != std::u32string_view::npos;
}
bool stays_with_the_next(std::uint32_t c) {
  static constexpr std::u32string_view kOpening = U"（［｛「『【〈《";
  return kOpening.find(static_cast<char32_t>(c)) != std::u32string_view::npos;
}

// Where the piece that begins at `at` ends: behind the blanks that follow a word, or behind a wide
// character.
std::size_t piece_end(std::string_view text, std::size_t at) {
  std::uint32_t last = 0;
  const std::size_t start = at;
  while (at < text.size()) {
    std::size_t next = at;
    const std::uint32_t c = next_code_point(text, next);
    const bool wide = display_width(text.substr(at, next - at)) == 2;
    const bool last_wide = last >= 0x1100;
    const bool may_break = at > start && (last == ' ' ? c != ' ' : wide || last_wide) &&
                           !stays_with_the_last(c) && !stays_with_the_next(last);
    if (may_break) return at;
    last = wide || c < 0x1100 ? c : 'x';
    at = next;
  }
  return at;
}

void add_broken(std::string& out, std::string_view line, const TerminalShape& shape) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  // The last column stays free: many consoles break the line by themselves behind it.
  const std::size_t columns = shape.columns > 1 ? shape.columns - 1 : 1;
  const std::string margin(indent * 2 < columns ? indent : 0, ' ');
  out += margin;
  std::size_t used = margin.size();
  for (std::size_t at = indent; at < line.size();) {
    const std::size_t end = piece_end(line, at);
    const std::string_view piece = line.substr(at, end - at);
    const std::string_view word = piece.substr(0, piece.find_last_not_of(' ') + 1);
    if (used > margin.size() && used + screen_width(word, shape) > columns) {
      while (out.ends_with(' ')) out.pop_back();
      out += '\n' + margin;
      used = margin.size();
    }
    out += piece;
    used += screen_width(piece, shape);
    at = end;
  }
}

}  // namespace

std::size_t screen_width(std::string_view text, const TerminalShape& shape) {
  if (!shape.cp932) return display_width(text);
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) width += cp932_size_of(next_code_point(text, at));
  return width;
}

std::string screen_line(std::string_view text, std::size_t columns, const TerminalShape& shape) {
  const std::string clean = shown_there(text, shape);
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < clean.size();) {
    const std::size_t start = at;
    (void)next_code_point(clean, at);
    const std::string_view character = std::string_view(clean).substr(start, at - start);
    used += screen_width(character, shape);
    if (used > columns) break;
    out += character;
  }
  return out;
}

std::string screen_paragraphs(std::string_view text, const TerminalShape& shape) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    add_broken(out, shown_there(text.substr(0, end), shape), shape);
    if (end == text.size()) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace konseki

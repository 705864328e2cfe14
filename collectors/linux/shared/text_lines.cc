#include "collectors/linux/shared/text_lines.h"

#include <algorithm>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::size_t kWideGap = 80;      // a terminal's width
constexpr std::size_t kLongLine = 1'000;  // Vixie cron's MAX_COMMAND; no honest line is longer

// Characters without a shape of their own, or that reorder their neighbours.
bool is_invisible(std::uint32_t c) {
  return c == 0xA0 || c == 0xAD || c == 0x34F || c == 0x61C || (c >= 0x1680 && c <= 0x1680) ||
         (c >= 0x180B && c <= 0x180E) || (c >= 0x2000 && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 ||
         c == 0x3164 || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

bool has_invisible(std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    const bool ascii = static_cast<unsigned char>(line[at]) < 0x80;
    if (ascii) {
      ++at;
    } else if (utf8_sequence_length(line.substr(at)) == 0) {
      ++at;
    } else if (is_invisible(next_code_point(line, at))) {
      return true;
    }
  }
  return false;
}

bool has_wide_gap(std::string_view line) {
  std::size_t run = 0;
  for (char c : line) {
    if (!is_blank(c)) {
      run = 0;
    } else if (++run >= kWideGap) {
      return true;
    }
  }
  return false;
}

bool has_other_control(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\r' && c != '\x1B') || byte == 0x7F;
  });
}

}  // namespace

void for_each_line(std::string_view text, const std::function<void(const ConfigLine&)>& visit) {
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t feed = text.find('\n', at);
    const std::size_t end = std::min(feed, text.size());
    visit({text.substr(at, end - at), at, ++number, feed != std::string_view::npos});
    at = end + 1;
  }
}

std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view trim(std::string_view text) {
  const auto is_edge = [](char c) { return is_blank(c) || c == '\r'; };
  while (!text.empty() && is_edge(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_edge(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_word(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view word = rest.substr(0, end);
  rest = trim_left(rest.substr(end));
  return word;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string> hiding_remarks(std::string_view line) {
  std::vector<std::string> remarks;
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
    remarks.emplace_back("ends in a carriage return");
  }
  if (line.find('\r') != std::string_view::npos) {
    remarks.emplace_back("carriage return inside the line hides what stands before it");
  }
  if (line.find('\x1B') != std::string_view::npos) {
    remarks.emplace_back("terminal escape sequence");
  }
  if (has_other_control(line)) remarks.emplace_back("control characters");
  if (has_invisible(line)) remarks.emplace_back("invisible or direction-changing characters");
  if (has_wide_gap(line)) remarks.emplace_back("pushed out of sight by blanks");
  if (line.size() > kLongLine) {
    remarks.push_back("line of " + std::to_string(line.size()) + " bytes");
  }
  return remarks;
}

}  // namespace konseki

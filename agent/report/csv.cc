#include "agent/report/csv.h"

#include <algorithm>
#include <array>

#include "agent/report/visible_text.h"

namespace konseki {
namespace {

bool starts_formula(std::string_view text) {
  constexpr auto kStarts = std::to_array<std::string_view>(
      {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "−"});
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

void append_csv_cell(std::string& out, std::string_view text) {
  const bool must_quote = text.find_first_of(",\"\r\n") != std::string_view::npos ||
                          text.starts_with(' ') || text.ends_with(' ');
  if (!must_quote) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_spreadsheet_cell(std::string& out, std::string_view text) {
  std::string cell = starts_formula(text) ? "'" : "";
  cell += visible_text(text);
  append_csv_cell(out, cell);
}

}  // namespace konseki

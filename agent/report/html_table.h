// A table of the HTML report: head, rows, and the sentence that says what was left out.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "agent/report/html.h"

namespace konseki {

enum class CellKind {
  kEvidence,  // text of evidence, wraps
  kLong,      // the same, wider
  kNumber,    // grouped, right-aligned
  kBytes,     // "1.5 MiB"; sorts by the number
  kTime,      // "2026-08-15 02:25:25", UTC
  kMarkup,    // made by the caller
};

struct Column {
  Bilingual title;
  CellKind kind = CellKind::kEvidence;
};

// Writes <table> ... </table>. Rows are begun by the first cell of their line.
class HtmlTable {
 public:
  HtmlTable(Html& html, std::span<const Column> columns);
  HtmlTable(Html& html, std::initializer_list<Column> columns)
      : HtmlTable(html, std::span(columns.begin(), columns.size())) {}

  void begin_row() { html_.raw("<tr>"); }
  void end_row() { html_.raw("</tr>\n"); }
  void evidence(std::string_view text, std::size_t most = 400);
  void long_evidence(std::string_view text, std::size_t most = 600);
  void number(std::uint64_t value);
  void bytes(std::uint64_t value);
  void time(const std::optional<Timestamp>& time);
  void words(const Bilingual& words);
  void advice(const Bilingual& words);  // wider
  void empty() { html_.raw("<td></td>"); }
  // A cell of markup: begin_cell, write, end_cell. `style` is a class of report.css.
  void begin_cell(std::string_view sort_key = {}, std::string_view style = {});
  void end_cell() { html_.raw("</td>"); }
  void close() { html_.raw("</tbody></table></div>\n"); }

 private:
  Html& html_;
};

// "Showing the first 500 of 12,345; all of them are in konseki/files.jsonl of the bundle." Nothing
// when all are shown.
void write_cap_note(Html& html, std::uint64_t shown, std::uint64_t total, std::string_view where);

}  // namespace konseki

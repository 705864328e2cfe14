#include "agent/report/html_table.h"

#include "agent/report/number_text.h"
#include "agent/report/time_text.h"

namespace konseki {

HtmlTable::HtmlTable(Html& html, std::span<const Column> columns) : html_(html) {
  html_.raw("<div class=\"scroll\"><table class=\"sortable\"><thead><tr>");
  for (const Column& column : columns) {
    const bool number = column.kind == CellKind::kNumber || column.kind == CellKind::kBytes;
    html_.raw(number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    html_.both(column.title).raw("</th>");
  }
  html_.raw("</tr></thead><tbody>\n");
}

void HtmlTable::evidence(std::string_view text, std::size_t most) {
  html_.raw("<td class=\"e\">").text(text, most).raw("</td>");
}

void HtmlTable::long_evidence(std::string_view text, std::size_t most) {
  html_.raw("<td class=\"e long\">").text(text, most).raw("</td>");
}

void HtmlTable::number(std::uint64_t value) {
  html_.raw("<td class=\"n\" data-v=\"" + std::to_string(value) + "\">").number(value);
  html_.raw("</td>");
}

void HtmlTable::bytes(std::uint64_t value) {
  html_.raw("<td class=\"n\" data-v=\"" + std::to_string(value) + "\">" + bytes_text(value));
  html_.raw("</td>");
}

void HtmlTable::time(const std::optional<Timestamp>& time) {
  html_.raw("<td class=\"t\">").raw(time ? clock_text(*time) : "").raw("</td>");
}

void HtmlTable::words(const Bilingual& words) { html_.raw("<td>").both(words).raw("</td>"); }

void HtmlTable::advice(const Bilingual& words) {
  html_.raw("<td class=\"way\">").both(words).raw("</td>");
}

void HtmlTable::begin_cell(std::string_view sort_key, std::string_view style) {
  std::string tag = "<td";
  if (!style.empty()) tag += " class=\"" + std::string(style) + '"';
  if (!sort_key.empty()) {
    tag += " data-v=\"";
    append_attribute(tag, sort_key);
    tag += '"';
  }
  html_.raw(tag + '>');
}

void write_cap_note(Html& html, std::uint64_t shown, std::uint64_t total, std::string_view where) {
  if (shown >= total) return;
  const std::string place(where);
  html.raw("<p class=\"soft\">");
  html.both("Showing " + grouped(shown) + " of " + grouped(total) + ". All of them are in " +
                place + " inside the bundle.",
            "全 " + grouped(total) + " 件中 " + grouped(shown) +
                " 件を表示しています。全件はバンドル内の " + place + " にあります。");
  html.raw("</p>\n");
}

}  // namespace konseki

#include "agent/report/html_records.h"

#include <algorithm>

#include "agent/report/bundle_lines.h"
#include "agent/report/event_times.h"
#include "agent/report/row_picker.h"
#include "agent/report/time_text.h"

namespace konseki {
namespace {

constexpr std::size_t kAutoColumns = 7;
constexpr std::size_t kOtherRows = 100;

// A list or object shown as text: elements joined by ", " (a command line by blanks).
std::string value_text(const JsonView& value, std::string_view by) {
  if (value.kind == JsonKind::kArray) {
    std::string text;
    for (JsonItems items(value); items.next();) {
      if (!text.empty()) text += by;
      const JsonView& item = items.value();
      text += item.kind == JsonKind::kText ? item.text() : std::string(item.raw);
    }
    return text;
  }
  if (value.kind == JsonKind::kObject) return std::string(value.raw);
  return value.text();
}

void write_value(HtmlTable& table, const JsonView& value, CellKind kind) {
  if (!value || value.kind == JsonKind::kNull) return table.empty();
  if (const auto time = parse_timestamp(value.plain())) return table.time(time);
  if (value.kind == JsonKind::kBoolean) {
    return table.words(value.is_true() ? Bilingual{"yes", "はい"} : Bilingual{"no", "いいえ"});
  }
  const bool number = value.kind == JsonKind::kNumber &&
                      value.raw.find_first_not_of("0123456789") == std::string_view::npos;
  if (number && kind == CellKind::kBytes) return table.bytes(value.unsigned_number());
  if (number && kind == CellKind::kNumber) return table.number(value.unsigned_number());
  if (kind == CellKind::kLong) return table.long_evidence(value_text(value, " "));
  table.evidence(value_text(value, ", "));
}

void write_cell(HtmlTable& table, JsonView record, const RecordColumn& column) {
  const std::size_t colon = column.field.find(':');
  if (colon == std::string_view::npos) {
    return write_value(table, record[column.field], column.kind);
  }
  std::string text = record[column.field.substr(0, colon)].text();
  if (text.find(':') != std::string::npos) text = '[' + text + ']';
  if (const JsonView second = record[column.field.substr(colon + 1)]) text += ':' + second.text();
  table.evidence(text);
}

bool has_items(const JsonView& list) {
  JsonItems items(list);
  return items.next();
}

bool deserves_a_look(JsonView record) {
  return has_items(record["signs"]) || has_items(record["remarks"]);
}

void write_signs(Html& html, HtmlTable& table, JsonView record) {
  table.begin_cell({}, "marks");
  for (const std::string_view list : {"signs", "remarks"}) {
    for (const std::string& sign : record[list].texts()) {
      html.raw("<span class=\"tag high e\">").text(sign, 120).raw("</span>");
    }
  }
  table.end_cell();
}

void write_source(HtmlTable& table, JsonView record) {
  table.evidence(record["source"]["path"].text());
}

// The first fields that any of the rows holds, in the order of the rows.
std::vector<std::string> fields_present(const std::vector<std::string>& rows) {
  std::vector<std::string> names;
  for (const std::string& row : rows) {
    for (JsonItems fields(json_view(row)); fields.next();) {
      const std::string_view name = fields.name();
      if (name == "schema" || name == "source" || name == "signs" || name == "remarks") continue;
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      if (names.size() == kAutoColumns) break;
      names.emplace_back(name);
    }
  }
  return names;
}

CellKind auto_kind(std::string_view field) {
  const bool id = field == "pid" || field == "uid" || field == "gid" || field == "line";
  return id ? CellKind::kEvidence : CellKind::kNumber;
}

std::vector<Column> heads(std::span<const RecordColumn> columns, bool signs, bool source) {
  std::vector<Column> all;
  if (signs) all.push_back({{"Signs", "注目点"}, CellKind::kMarkup});
  for (const RecordColumn& column : columns) {
    all.push_back({{std::string(column.en), std::string(column.ja)}, column.kind});
  }
  if (source) all.push_back({{"Source", "出典"}, CellKind::kEvidence});
  return all;
}

Result<void> write_records(Html& html, BundleReader& bundle, std::string_view schema,
                           const RecordTable& shape, std::size_t most) {
  const std::span<const RecordColumn> columns = shape.columns;
  RowPicker picker(most);
  const std::string stream = "records/" + std::string(schema);
  KONSEKI_TRY(each_line(bundle, stream, [&](std::string_view line) -> Result<void> {
    const JsonView record = json_view(line);
    const std::string_view key = shape.newest.empty() ? "" : record[shape.newest].plain();
    picker.add(deserves_a_look(record) ? 0 : 1, line, key);
    return {};
  }));
  const std::vector<std::string> rows = picker.take();
  const std::vector<std::string> names =
      columns.empty() ? fields_present(rows) : std::vector<std::string>();
  std::vector<RecordColumn> chosen(columns.begin(), columns.end());
  for (const std::string& name : names) chosen.push_back({name, auto_kind(name), name, name});
  const bool signs = !rows.empty() && deserves_a_look(json_view(rows.front()));
  const bool source = columns.empty();
  write_cap_note(html, rows.size(), picker.total(), "konseki/" + stream + ".jsonl");
  const std::vector<Column> titles = heads(chosen, signs, source);
  HtmlTable table(html, titles);
  for (const std::string& row : rows) {
    const JsonView record = json_view(row);
    table.begin_row();
    if (signs) write_signs(html, table, record);
    for (const RecordColumn& column : chosen) write_cell(table, record, column);
    if (source) write_source(table, record);
    table.end_row();
  }
  table.close();
  return {};
}

struct Flag {
  std::string_view field;
  std::string_view value;
  std::size_t rank;
  std::string_view tone;
  std::string_view en;
  std::string_view ja;
};

// What is odd about a persistence entry, worst first.
constexpr auto kFlags = std::to_array<Flag>({
    {"target_package_state", "changed", 0, "critical", "changed since packaged",
     "パッケージの内容と相違"},
    {"target_state", "missing", 0, "high", "target missing", "実行対象なし"},
    {"target_package_state", "nobody", 1, "high", "of no package", "パッケージ外"},
    {"target_state", "not_checked", 2, "medium", "target not checked", "実行対象は未確認"},
});

bool is_disabled(JsonView entry) {
  const JsonView enabled = entry["enabled"];
  return enabled.kind == JsonKind::kBoolean && !enabled.is_true();
}

std::size_t persistence_rank(JsonView entry) {
  if (is_disabled(entry)) return 3;
  for (const Flag& flag : kFlags) {
    if (entry[flag.field].plain() == flag.value) return flag.rank;
  }
  const bool vouched = entry["target_package_state"].plain() == "intact";
  return vouched ? 3 : 2;
}

void write_flags(Html& html, HtmlTable& table, JsonView entry) {
  table.begin_cell(std::to_string(persistence_rank(entry)));
  for (const Flag& flag : kFlags) {
    if (entry[flag.field].plain() != flag.value) continue;
    html.raw("<span class=\"tag ").raw(flag.tone).raw("\">").both(flag.en, flag.ja);
    html.raw("</span>");
  }
  if (is_disabled(entry)) html.raw("<span class=\"tag soft\">").both("off", "無効").raw("</span>");
  if (entry["target_package_state"].plain() == "intact") {
    html.raw("<span class=\"soft keep\">")
        .both("packaged, intact", "パッケージどおり")
        .raw("</span>");
  }
  table.end_cell();
}

void write_since(Html& html, HtmlTable& table, JsonView entry) {
  const std::string_view since = entry["since"].plain();
  table.begin_cell(since);
  if (const auto time = parse_timestamp(since)) {
    html.raw("<span class=\"t\">" + clock_text(*time).substr(0, 10) + "</span>");
    html.raw("<br><span class=\"soft\">").text(entry["since_evidence"].text(), 80).raw("</span>");
  }
  table.end_cell();
}

// One fact, and a lesser one below it.
void write_pair(Html& html, HtmlTable& table, std::string_view first, std::string_view second) {
  table.begin_cell(first);
  html.raw("<span class=\"e\">").text(first, 200).raw("</span><br><span class=\"e soft\">");
  html.text(second, 200).raw("</span>");
  table.end_cell();
}

}  // namespace

Result<void> write_persistence(Html& html, BundleReader& bundle, const BundleSummary& summary,
                               std::size_t most) {
  const auto has = [](const SchemaCount& count) { return count.schema == "persistence"; };
  if (std::none_of(summary.records.begin(), summary.records.end(), has)) {
    html.raw("<p>").both("No entries were recorded.", "記録された項目はありません。");
    html.raw("</p>\n");
    return {};
  }
  RowPicker picker(most);
  KONSEKI_TRY(each_line(bundle, "records/persistence", [&](std::string_view line) -> Result<void> {
    const JsonView entry = json_view(line);
    picker.add(persistence_rank(entry), line, entry["since"].plain());
    return {};
  }));
  const std::vector<std::string> rows = picker.take();
  write_cap_note(html, rows.size(), picker.total(), "konseki/records/persistence.jsonl");
  HtmlTable table(html, {{{"Flags", "注目点"}, CellKind::kMarkup},
                         {{"Since (UTC)", "いつから (UTC)"}, CellKind::kMarkup},
                         {{"Entry", "項目"}},
                         {{"What runs", "実行内容"}, CellKind::kLong},
                         {{"As, when", "実行ユーザー・契機"}},
                         {{"Where", "登録場所"}, CellKind::kLong}});
  for (const std::string& row : rows) {
    const JsonView entry = json_view(row);
    table.begin_row();
    write_flags(html, table, entry);
    write_since(html, table, entry);
    write_pair(html, table, entry["name"].text(),
               entry["mechanism"].text() + ' ' + entry["technique"].text());
    table.long_evidence(entry["command"].text());
    write_pair(html, table, entry["user"].text(), entry["trigger"].text());
    table.long_evidence(entry["location"].text());
    table.end_row();
  }
  table.close();
  return {};
}

Result<void> write_record_group(Html& html, BundleReader& bundle, const BundleSummary& summary,
                                TableGroup group, std::size_t most) {
  bool any = false;
  for (const SchemaCount& count : summary.records) {
    const RecordTable* table = find_record_table(count.schema);
    if (count.schema == "persistence" || (table ? table->group : TableGroup::kOther) != group) {
      continue;
    }
    any = true;
    html.raw("<details").raw(group == TableGroup::kOther ? ">" : " open>").raw("<summary><b>");
    if (table) {
      html.both(table->en, table->ja).raw("</b> <code>").text(count.schema).raw("</code> ");
    } else {
      html.raw("<code>").text(count.schema).raw("</code></b> ");
    }
    html.raw("<span class=\"soft\">").number(count.records).raw("</span></summary>\n");
    KONSEKI_TRY(write_records(html, bundle, count.schema, table ? *table : RecordTable{},
                              group == TableGroup::kOther ? kOtherRows : most));
    html.raw("</details>\n");
  }
  if (!any) html.raw("<p>").both("Nothing was recorded.", "記録はありません。").raw("</p>\n");
  return {};
}

}  // namespace konseki

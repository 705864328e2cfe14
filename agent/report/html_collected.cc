// What was collected, from where, by which run; and the chart of its times.
#include <algorithm>

#include "agent/base/json_view.h"
#include "agent/report/html_sections.h"
#include "agent/report/html_table.h"
#include "agent/report/number_text.h"
#include "agent/report/state_text.h"
#include "agent/report/time_text.h"

namespace konseki {
namespace {

constexpr std::size_t kArtifactsShown = 1000;

void write_artifacts(Html& html, const BundleSummary& summary) {
  if (summary.artifacts.empty()) return;
  html.raw("<h3>").both("Files by artifact", "アーティファクト別のファイル").raw("</h3>\n");
  write_cap_note(html, std::min(kArtifactsShown, summary.artifacts.size()),
                 summary.artifacts.size(), "konseki/files.jsonl");
  HtmlTable table(html, {{{"Artifact", "アーティファクト"}},
                         {{"Collected", "収集"}, CellKind::kNumber},
                         {{"Size", "サイズ"}, CellKind::kBytes},
                         {{"Left out", "未収集"}, CellKind::kNumber},
                         {{"Failed", "失敗"}, CellKind::kNumber},
                         {{"Listed only", "一覧のみ"}, CellKind::kNumber}});
  std::size_t shown = 0;
  for (const auto& [name, count] : summary.artifacts) {
    if (++shown > kArtifactsShown) break;
    table.begin_row();
    table.evidence(name);
    table.number(count.collected);
    table.bytes(count.bytes);
    table.number(count.skipped);
    table.number(count.failed);
    table.number(count.listed);
    table.end_row();
  }
  table.close();
}

void write_schemas(Html& html, const BundleSummary& summary) {
  if (summary.records.empty()) return;
  html.raw("<h3>").both("Records by kind, and how far back each reaches",
                        "レコードの種類と、それぞれ遡れる期間");
  html.raw("</h3>\n");
  HtmlTable table(html, {{{"Kind", "種類"}},
                         {{"Records", "件数"}, CellKind::kNumber},
                         {{"Damaged", "破損"}, CellKind::kNumber},
                         {{"Oldest (UTC)", "最古 (UTC)"}, CellKind::kTime},
                         {{"Newest (UTC)", "最新 (UTC)"}, CellKind::kTime}});
  for (const SchemaCount& count : summary.records) {
    table.begin_row();
    table.evidence(count.schema);
    table.number(count.records);
    table.number(count.damaged);
    table.time(count.period.earliest);
    table.time(count.period.latest);
    table.end_row();
  }
  table.close();
}

void write_fact(Html& html, const Bilingual& label, std::string_view value) {
  if (value.empty()) return;
  html.raw("<dt>").both(label).raw("</dt><dd class=\"e\">").text(value).raw("</dd>\n");
}

// "max_file_size 1.0 GiB, workers 2".
std::string limits_text(std::string_view limits) {
  std::string text;
  for (JsonItems items(json_view(limits)); items.next();) {
    text += text.empty() ? "" : ", ";
    text += std::string(items.name()) + ' ';
    const bool bytes = items.name().ends_with("_size") || items.name() == "max_memory";
    text += bytes ? bytes_text(items.value().unsigned_number()) : items.value().text();
  }
  return text;
}

void write_volumes(Html& html, const BundleSummary& summary) {
  if (summary.volumes.empty()) return;
  html.raw("<h3>").both("Volumes", "ボリューム").raw("</h3>\n");
  HtmlTable table(html, {{{"Mount", "マウント先"}},
                         {{"Type", "種類"}},
                         {{"Size", "サイズ"}, CellKind::kBytes},
                         {{"Offset", "位置（バイト）"}, CellKind::kNumber},
                         {{"Label", "ラベル"}},
                         {{"Serial", "シリアル・UUID"}}});
  for (const VolumeSummary& volume : summary.volumes) {
    table.begin_row();
    table.evidence(mount_text(volume));
    table.evidence(volume.type);
    table.bytes(volume.size);
    table.number(volume.offset);
    table.evidence(volume.label);
    table.evidence(volume.serial);
    table.end_row();
  }
  table.close();
}

struct YearCount {
  std::string year;
  std::vector<std::uint64_t> lanes;
};

std::vector<YearCount> by_year(const ChartData& chart) {
  std::vector<YearCount> years;
  const std::size_t days = chart.lanes.empty() ? 0 : chart.lanes.front().days.size();
  for (std::size_t day = 0; day < days; ++day) {
    YearCount count{{}, std::vector<std::uint64_t>(chart.lanes.size())};
    bool any = false;
    for (std::size_t lane = 0; lane < chart.lanes.size(); ++lane) {
      count.lanes[lane] = chart.lanes[lane].days[day];
      any = any || count.lanes[lane] > 0;
    }
    if (!any) continue;
    count.year = day_text(chart.first_day + static_cast<std::int64_t>(day)).substr(0, 4);
    if (years.empty() || years.back().year != count.year) {
      years.push_back(std::move(count));
      continue;
    }
    for (std::size_t lane = 0; lane < chart.lanes.size(); ++lane) {
      years.back().lanes[lane] += count.lanes[lane];
    }
  }
  return years;
}

void write_years(Html& html, const ChartData& chart) {
  html.raw("<details><summary>").both("Events per year", "年ごとのイベント数");
  html.raw("</summary>\n");
  std::vector<Column> columns{{{"Year", "年"}}};
  for (const ChartLane& lane : chart.lanes) columns.push_back({lane.name, CellKind::kNumber});
  HtmlTable table(html, columns);
  for (const YearCount& year : by_year(chart)) {
    table.begin_row();
    table.evidence(year.year);
    for (const std::uint64_t count : year.lanes) table.number(count);
    table.end_row();
  }
  table.close();
  html.raw("</details>\n");
}

}  // namespace

void write_collected(Html& html, const HostPage& page) {
  begin_part(html, page, "collected", {"What was collected", "収集したもの"});
  write_schemas(html, page.summary);
  write_artifacts(html, page.summary);
  end_part(html);
}

void write_host(Html& html, const HostPage& page) {
  const BundleSummary& summary = page.summary;
  const HostSummary& host = summary.host;
  begin_part(html, page, "system", {"Host and run", "ホストと実行の記録"});
  html.raw("<dl class=\"facts\">\n");
  write_fact(html, {"Host name", "ホスト名"}, host.hostname);
  write_fact(html, {"Domain", "ドメイン"}, host.domain);
  write_fact(html, {"Host id", "ホスト ID"}, host.host_id);
  write_fact(html, {"System", "OS"}, host.os_name.empty() ? host.os : host.os_name);
  write_fact(html, {"Version", "バージョン"}, host.os_version);
  write_fact(html, {"Kernel", "カーネル"}, host.kernel);
  write_fact(html, {"Time zone", "タイムゾーン"}, host.time_zone);
  write_fact(html, {"Booted", "起動日時"},
             time_with_zone(summary.clock_start.boot, host_offset(summary)));
  write_fact(html, {"Accounts", "アカウント数"}, host.users > 0 ? grouped(host.users) : "");
  write_fact(html, {"Profile", "プロファイル"}, summary.run.profile);
  std::string arguments;
  for (const std::string& argument : summary.run.arguments) {
    arguments += (arguments.empty() ? "" : " ") + argument;
  }
  write_fact(html, {"Command line", "コマンドライン"}, arguments);
  if (const Bilingual words = privilege_text(summary); !words.empty()) {
    html.raw("<dt>").both("Privilege", "権限").raw("</dt><dd>").both(words).raw("</dd>\n");
  }
  write_fact(html, {"Limits", "上限設定"}, limits_text(summary.run.limits));
  if (summary.run.output_on_source) {
    html.raw("<dt>").both("Output", "出力先").raw("</dt><dd>");
    html.both("on an examined volume, by explicit request: it overwrote free space there",
              "明示的な指定により調査対象ボリューム上に出力（空き領域を上書き）");
    html.raw("</dd>\n");
  }
  html.raw("</dl>\n");
  write_volumes(html, summary);
  end_part(html);
}

void write_chart(Html& html, const HostPage& page) {
  const ChartData& chart = page.summary.chart;
  begin_part(html, page, "timeline", {"Timeline", "タイムライン"});
  if (chart.events == 0) {
    html.raw("<p>").both("No times were recorded.", "時刻の記録はありません。").raw("</p>\n");
    return end_part(html);
  }
  html.raw("<p class=\"soft\">");
  html.both(grouped(chart.events) + " times of files and records, UTC.",
            "ファイルとレコードの時刻 " + grouped(chart.events) + " 件（UTC）。");
  if (chart.outside > 0) {
    const std::string count = grouped(chart.outside);
    html.raw(" ").both(
        count + " more lie before 1990 or after the run and are not drawn.",
        "このほか 1990 年より前または収集後の時刻 " + count + " 件は表示していません。");
  }
  html.raw("</p>\n<div class=\"chart\"><script type=\"application/json\">");
  html.raw(chart_json(chart)).raw("</script></div>\n");
  write_years(html, chart);
  end_part(html);
}

}  // namespace konseki

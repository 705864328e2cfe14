// Findings, and what could not be looked at: the two sides of an answer.
#include "agent/report/html_sections.h"
#include "agent/report/html_table.h"
#include "agent/report/number_text.h"
#include "agent/report/reasons.h"
#include "agent/report/state_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

bool is_privileged(const BundleSummary& summary) { return summary.run.privileged.value_or(false); }

constexpr std::size_t kMostWitnesses = 8;
constexpr std::size_t kMostAddresses = 5;

void write_witness(Html& html, const WitnessSummary& witness) {
  html.raw("<li>");
  if (!witness.text.empty()) {
    html.both(witness.text);
  } else {
    html.text(witness.name, 100);
  }
  if (witness.score > 0) html.raw(" [").text(std::to_string(witness.score)).raw("]");
  const std::size_t shown = std::min(kMostAddresses, witness.addresses.size());
  for (std::size_t i = 0; i < shown; ++i) {
    html.raw("<br><span class=\"e soft\">").text(witness.addresses[i], 300).raw("</span>");
  }
  if (shown < witness.addresses.size()) {
    const std::string more = grouped(witness.addresses.size() - shown);
    html.raw("<br>").both("and " + more + " more places", "ほか " + more + " か所");
  }
  if (!witness.excerpt.empty()) {
    html.raw("<br><code class=\"e soft\">").text(witness.excerpt, 300).raw("</code>");
  }
  html.raw("</li>");
}

void write_witnesses(Html& html, const FindingSummary& finding) {
  if (finding.witnesses.empty()) return;
  html.raw("<ul>");
  const std::size_t shown = std::min(kMostWitnesses, finding.witnesses.size());
  for (std::size_t i = 0; i < shown; ++i) write_witness(html, finding.witnesses[i]);
  if (shown < finding.witnesses.size()) {
    const std::string more = grouped(finding.witnesses.size() - shown);
    html.raw("<li>")
        .both("and " + more + " more reasons", "ほか " + more + " 件の根拠")
        .raw("</li>");
  }
  html.raw("</ul>");
}

// When it was seen, where the rule comes from, and what weakens it.
void write_circumstances(Html& html, const FindingSummary& finding) {
  if (const Bilingual seen = seen_text(finding); !seen.empty()) {
    html.raw("<div class=\"soft\">").both(seen).raw("</div>");
  }
  const bool own = finding.origin.empty() || finding.origin == "konseki";
  if (own && finding.flags.empty() && finding.markings.empty()) return;
  html.raw("<div class=\"soft\">");
  if (!own) html.both("from ", "出所 ").text(finding.origin, 300).raw(" ");
  for (const std::string& marking : finding.markings) {
    html.raw("<span class=\"tag\">").text(marking, 100).raw("</span> ");
  }
  for (const std::string& flag : finding.flags) {
    html.raw("<span class=\"tag\">").both(flag_text(flag)).raw("</span> ");
  }
  html.raw("</div>");
}

// What was looked for, and with how much.
void write_matching(Html& html, const HostPage& page) {
  if (!page.summary.matching) return;
  const MatchFacts& facts = *page.summary.matching;
  const Bilingual line = match_line(host_title(page), facts);
  html.raw("<p>").both(visible_text(line.en), visible_text(line.ja)).raw("</p>\n");
  const std::vector<Bilingual> details = match_details(facts);
  if (details.empty()) return;
  html.raw("<ul>\n");
  for (const Bilingual& detail : details) {
    html.raw("<li>").both(visible_text(detail.en), visible_text(detail.ja)).raw("</li>\n");
  }
  html.raw("</ul>\n");
}

void write_finding(Html& html, HtmlTable& table, const FindingSummary& finding) {
  const std::string_view name = rating_name(finding.severity);
  table.begin_row();
  table.begin_cell(std::to_string(static_cast<int>(finding.severity)));
  html.raw("<span class=\"tag ").raw(name).raw("\">").both(rating_text(finding.severity));
  html.raw("</span>");
  table.end_cell();
  table.number(static_cast<std::uint64_t>(finding.score < 0 ? 0 : finding.score));
  table.evidence(rule_title(finding));
  table.evidence(finding.path);
  table.begin_cell();
  html.both(finding.reason);
  write_witnesses(html, finding);
  write_circumstances(html, finding);
  table.end_cell();
  table.evidence(finding.technique);
  table.end_row();
}

void write_volumes(Html& html, const BundleSummary& summary) {
  if (summary.unreadable.empty()) return;
  html.raw("<h3>").both("Volumes that could not be read", "読み取れなかったボリューム");
  html.raw("</h3>\n");
  HtmlTable table(html, {{{"Volume", "ボリューム"}},
                         {{"Type", "種類"}},
                         {{"Offset", "位置（バイト）"}, CellKind::kNumber},
                         {{"Size", "サイズ"}, CellKind::kBytes},
                         {{"Detail", "詳細"}},
                         {{"What to do", "次の手段"}}});
  for (const UnreadableVolume& volume : summary.unreadable) {
    table.begin_row();
    table.evidence(volume.name);
    table.evidence(volume.type);
    table.number(volume.offset);
    table.bytes(volume.size);
    table.evidence(volume.detail);
    table.advice(volume.advice);
    table.end_row();
  }
  table.close();
}

void write_reasons(Html& html, const BundleSummary& summary) {
  if (summary.files.reasons.empty()) return;
  html.raw("<h3>").both("Files not collected, by reason", "収集しなかったファイル（理由別）");
  html.raw("</h3>\n");
  HtmlTable table(html, {{{"Outcome", "結果"}},
                         {{"Reason", "理由"}},
                         {{"Files", "件数"}, CellKind::kNumber},
                         {{"Size", "サイズ"}, CellKind::kBytes},
                         {{"What to do", "次の手段"}}});
  for (const ReasonCount& count : summary.files.reasons) {
    const ReasonText text = reason_text(count.reason, is_privileged(summary));
    table.begin_row();
    table.words(count.failed ? Bilingual{"failed", "読み取り失敗"}
                             : Bilingual{"left out", "未収集"});
    table.words(text.meaning);
    table.number(count.files);
    table.bytes(count.bytes);
    table.advice(text.advice);
    table.end_row();
  }
  table.close();
}

void write_missed(Html& html, const BundleSummary& summary) {
  if (summary.missed.empty()) return;
  html.raw("<details><summary>").both("These files", "該当ファイル一覧").raw("</summary>\n");
  write_cap_note(html, summary.missed.size(), summary.missed_total, "konseki/files.jsonl");
  HtmlTable table(html, {{{"Path", "パス"}},
                         {{"Size", "サイズ"}, CellKind::kBytes},
                         {{"Reason", "理由"}},
                         {{"Detail", "詳細"}}});
  for (const MissedFile& file : summary.missed) {
    table.begin_row();
    table.evidence(file.path);
    table.bytes(file.size);
    table.words(reason_text(file.reason, is_privileged(summary)).meaning);
    table.evidence(file.detail);
    table.end_row();
  }
  table.close();
  html.raw("</details>\n");
}

void write_other_gaps(Html& html, const BundleSummary& summary) {
  if (summary.gaps.empty()) return;
  html.raw("<h3>").both("Other things that could not be looked at", "その他、確認できなかったもの");
  html.raw("</h3>\n");
  write_cap_note(html, summary.gaps.size(), summary.gaps_total, "konseki/audit.jsonl");
  HtmlTable table(
      html,
      {{{"What", "対象"}}, {{"Why", "理由"}}, {{"Detail", "詳細"}}, {{"What to do", "次の手段"}}});
  for (const Gap& gap : summary.gaps) {
    const ReasonText text = reason_text(gap.code, is_privileged(summary));
    table.begin_row();
    table.evidence(gap.path);
    table.words(text.meaning);
    table.evidence(gap.detail);
    table.advice(gap.advice.empty() ? text.advice : gap.advice);
    table.end_row();
  }
  table.close();
}

void write_damage(Html& html, const BundleSummary& summary) {
  if (summary.problems.empty() && summary.damaged_rows == 0) return;
  html.raw("<h3>").both("Damage in the bundle itself", "バンドル自体の破損").raw("</h3>\n<ul>\n");
  for (const std::string& problem : summary.problems) {
    html.raw("<li class=\"e\">").text(problem).raw("</li>\n");
  }
  if (summary.damaged_rows > 0) {
    const std::string count = grouped(summary.damaged_rows);
    html.raw("<li>").both(count + " damaged lines", "破損した行 " + count + " 件").raw("</li>\n");
  }
  html.raw("</ul>\n<p>");
  html.both("konseki verify names what changed; konseki recover saves what is whole.",
            "konseki verify で破損箇所を特定し、konseki recover で無事な部分を取り出せます。");
  html.raw("</p>\n");
}

}  // namespace

void write_findings(Html& html, const HostPage& page) {
  const BundleSummary& summary = page.summary;
  begin_part(html, page, "findings", {"Findings", "検出"});
  write_matching(html, page);
  if (summary.top_findings.empty()) {
    html.raw("<p>");
    html.both(
        "None recorded. That alone does not show a clean host: look at persistence, at the "
        "timeline and at what could not be looked at.",
        "記録された検出はありません。これだけで感染なしとは言えません。"
        "永続化、タイムライン、確認できなかったものもあわせて確認してください。");
    html.raw("</p>\n");
    return end_part(html);
  }
  write_cap_note(html, summary.top_findings.size(), summary.findings_total(),
                 "konseki/findings.jsonl");
  HtmlTable table(html, {{{"Severity", "深刻度"}, CellKind::kMarkup},
                         {{"Score", "点数"}, CellKind::kNumber},
                         {{"Rule", "ルール"}},
                         {{"Where", "対象"}},
                         {{"Why", "理由"}, CellKind::kMarkup},
                         {{"ATT&CK", "ATT&CK"}}});
  for (const FindingSummary& finding : summary.top_findings) write_finding(html, table, finding);
  table.close();
  end_part(html);
}

void write_gaps(Html& html, const HostPage& page) {
  const BundleSummary& summary = page.summary;
  begin_part(html, page, "gaps",
             {"Could not look, or did not take", "確認できなかったもの・収集しなかったもの"});
  html.raw("<p class=\"soft\">");
  html.both("\"Could not look\" is not \"not found\": whatever is listed here may hold traces.",
            "「確認できない」は「存在しない」とは異なります。ここに挙げたものには痕跡が"
            "残っている可能性があります。");
  html.raw("</p>\n");
  write_volumes(html, summary);
  write_reasons(html, summary);
  write_missed(html, summary);
  write_other_gaps(html, summary);
  write_damage(html, summary);
  if (summary.missed_total == 0 && summary.gaps_total == 0 && summary.unreadable.empty() &&
      summary.problems.empty() && summary.damaged_rows == 0) {
    html.raw("<p>").both("No gaps were recorded.", "欠落の記録はありません。").raw("</p>\n");
  }
  end_part(html);
}

}  // namespace konseki

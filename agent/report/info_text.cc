#include "agent/report/info_text.h"

#include <algorithm>

#include "agent/report/number_text.h"
#include "agent/report/reasons.h"
#include "agent/report/signature_facts.h"
#include "agent/report/state_text.h"
#include "agent/report/time_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

// Findings, gaps and missed files shown; the totals are always said.
constexpr std::size_t kListed = 10;
constexpr std::size_t kListedWitnesses = 3;
constexpr std::size_t kTextColumns = 100;

std::string shown(std::string_view text) { return shortened_to(visible_text(text), kTextColumns); }

// Collects labelled lines and writes them aligned.
class Page {
 public:
  explicit Page(Language language) : language_(language) {}

  std::string_view in(const Bilingual& text) const { return text.in(language_); }
  bool japanese() const { return language_ == Language::kJapanese; }
  Language language() const { return language_; }

  void row(const Bilingual& label, std::string value) {
    if (!value.empty()) rows_.push_back({label.in(language_), std::move(value)});
  }
  void row(const Bilingual& label, const Bilingual& value) { row(label, value.in(language_)); }
  void more(std::string value) { rows_.push_back({"", std::move(value)}); }

  // Ends a block of rows that share one column width.
  void flush() {
    std::size_t width = 0;
    for (const Row& row : rows_) width = std::max(width, display_width(row.label));
    for (const Row& row : rows_) {
      text_ += "  " + padded_to(row.label, width + 2) + row.value + '\n';
    }
    rows_.clear();
  }
  void heading(const Bilingual& text) {
    flush();
    if (!text_.empty()) text_ += '\n';
    text_ += text.in(language_) + '\n';
  }
  void line(std::string_view text) {
    flush();
    text_ += "  ";
    text_ += text;
    text_ += '\n';
  }
  std::string take() {
    flush();
    return std::move(text_);
  }

 private:
  struct Row {
    std::string label;
    std::string value;
  };
  Language language_;
  std::vector<Row> rows_;
  std::string text_;
};

std::string joined(std::initializer_list<std::string> parts, std::string_view by) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += by;
    text += part;
  }
  return text;
}

std::string period_text(const Period& period) {
  if (!period.earliest) return {};
  return clock_text(*period.earliest) + " - " + clock_text(*period.latest) + " UTC";
}

void add_host(Page& page, const BundleSummary& summary, InfoForm form) {
  const HostSummary& host = summary.host;
  page.row({"Host", "ホスト"}, host.hostname.empty()
                                   ? std::string(page.in({"(name unknown)", "（名前不明）"}))
                                   : shown(joined({host.hostname, host.domain}, " / ")));
  page.row({"System", "OS"},
           shown(joined({host.os_name.empty() ? host.os : host.os_name, host.kernel}, ", ")));
  page.row({"Source", "収集元"},
           shown(joined({std::string(page.in(source_text(summary))),
                         summary.source_kind == "live" ? std::string() : summary.source.location},
                        ": ")));
  if (form == InfoForm::kShort) return;
  page.row({"Host id", "ホスト ID"}, shown(host.host_id));
  page.row({"Time zone", "タイムゾーン"}, shown(host.time_zone));
  if (host.users > 0) page.row({"Accounts", "アカウント"}, grouped(host.users));
}

void add_run(Page& page, const BundleSummary& summary, InfoForm form) {
  const RunFacts& run = summary.run;
  const auto offset = host_offset(summary);
  page.row({"Started", "開始"}, time_with_zone(run.started, offset));
  std::string ended = time_with_zone(run.ended, offset);
  if (run.started && run.ended) {
    ended += ", " + std::string(page.in(duration_text(run.ended->seconds - run.started->seconds)));
  }
  page.row({"Ended", "終了"}, ended);
  page.row({"State", "状態"}, seal_text(summary));
  page.row({"Privilege", "権限"}, privilege_text(summary));
  for (const Bilingual& note : clock_notes(summary)) page.row({"Clock", "時計"}, note);
  if (form == InfoForm::kShort) return;
  page.row({"Tool", "ツール"}, shown(joined({run.tool, run.version}, " ")));
  page.row({"Tool SHA-256", "ツール SHA-256"}, shown(run.executable_sha256));
  page.row({"Profile", "プロファイル"}, shown(run.profile));
  std::string arguments;
  for (const std::string& argument : run.arguments) {
    arguments += (arguments.empty() ? "" : " ") + argument;
  }
  page.row({"Arguments", "引数"}, visible_text(arguments));
  page.row({"Run id", "実行 ID"}, shown(run.run_id));
}

void add_case(Page& page, const CustodyFields& custody) {
  page.row({"Case", "案件番号"}, shown(custody.case_id));
  page.row({"Evidence", "証拠番号"}, shown(custody.evidence_id));
  page.row({"Operator", "担当者"}, shown(custody.operator_name));
  page.row({"Witness", "立会人"}, shown(custody.witness));
  page.row({"Authority", "根拠"}, shown(custody.authority));
  page.row({"Place", "場所"}, shown(custody.place));
  page.row({"Purpose", "目的"}, shown(custody.purpose));
  page.row({"Notes", "備考"}, shown(custody.notes));
}

void add_counts(Page& page, const BundleSummary& summary) {
  const FileCounts& files = summary.files;
  page.heading({"Collected", "収集結果"});
  page.row({"Files", "ファイル"},
           grouped(files.collected + files.linked) + " (" + bytes_text(files.bytes) + ")");
  if (files.linked > 0) {
    page.row({"of these same content", "うち同一内容"}, grouped(files.linked));
  }
  if (files.padded > 0) {
    page.row({"of these cut short", "うち読み取り不足"},
             grouped(files.padded) +
                 std::string(page.in({" (shrank or failed while read; zeros fill the rest)",
                                      "（読み取り中に縮小または失敗。残りはゼロ埋め）"})));
  }
  if (files.escalated > 0) {
    page.row({"of these by escalation", "うち詳しい調査"},
             grouped(files.escalated) + " (" + bytes_text(files.escalated_bytes) + ")" +
                 std::string(page.in({", since a webshell, a miner or a defaced page was found",
                                      "、Web シェル・マイナー・改ざんの検出により追加で収集"})));
  }
  page.row({"Listed only", "一覧のみ"}, grouped(files.listed));
  page.row({"Records", "レコード"}, grouped(summary.records_total()));
  page.row({"Period, records", "期間（レコード）"}, period_text(summary.record_period));
  page.row({"Period, files", "期間（ファイル）"}, period_text(summary.file_period));
  if (summary.implausible_times > 0) {
    page.row({"Times left out", "対象外の時刻"},
             grouped(summary.implausible_times) +
                 std::string(page.in({" (before 1990 or after the run)",
                                      "（1990 年より前、または収集後の日時）"})));
  }
}

void add_gaps(Page& page, const BundleSummary& summary, InfoForm form) {
  page.heading({"Could not look, or did not take", "確認できなかったもの・収集しなかったもの"});
  const bool none = summary.missed_total == 0 && summary.gaps_total == 0 &&
                    summary.unreadable.empty() && summary.problems.empty() &&
                    summary.damaged_rows == 0;
  if (none) return page.line(page.in({"nothing", "なし"}));
  for (const UnreadableVolume& volume : summary.unreadable) {
    page.row({"Volume", "ボリューム"}, shown(joined({volume.name, volume.type}, ", ")) + " @" +
                                           grouped(volume.offset) + ", " + bytes_text(volume.size));
    page.more("-> " + shown(page.in(volume.advice)));
  }
  for (const ReasonCount& count : summary.files.reasons) {
    const ReasonText text = reason_text(count.reason, summary.run.privileged.value_or(false));
    page.row(count.failed ? Bilingual{"Failed", "読み取り失敗"} : Bilingual{"Skipped", "未収集"},
             grouped(count.files) + " (" + bytes_text(count.bytes) +
                 "): " + shown(page.in(text.meaning)));
    if (!text.advice.empty()) page.more("-> " + std::string(page.in(text.advice)));
  }
  if (summary.gaps_total > 0) {
    page.row({"Other gaps", "その他の欠落"}, grouped(summary.gaps_total));
    const std::size_t listed =
        form == InfoForm::kShort ? 3 : std::min(kListed, summary.gaps.size());
    for (std::size_t i = 0; i < std::min(listed, summary.gaps.size()); ++i) {
      const Gap& gap = summary.gaps[i];
      page.more(
          shown(joined({gap.path,
                        std::string(page.in(
                            reason_text(gap.code, summary.run.privileged.value_or(false)).meaning)),
                        gap.detail},
                       ": ")));
    }
    if (summary.gaps_total > listed) {
      page.more(std::string(
          page.in({"... all in konseki/audit.jsonl", "... 全件は konseki/audit.jsonl を参照"})));
    }
  }
  for (const std::string& problem : summary.problems) {
    page.row({"Bundle damaged", "バンドル破損"}, shown(problem));
  }
  if (summary.damaged_rows > 0) {
    page.row({"Damaged lines", "破損した行"}, grouped(summary.damaged_rows));
  }
}

// What was looked for, with how much, and what could not be: the other half of every answer.
void add_matching(Page& page, const BundleSummary& summary) {
  if (!summary.matching) {
    return page.line(
        page.in({"Nothing was looked for in this run.", "この収集では照合していません。"}));
  }
  const std::string host = summary.host.hostname.empty()
                               ? std::string(page.in({"this host", "このホスト"}))
                               : summary.host.hostname;
  page.line(visible_text(page.in(match_line(host, *summary.matching))));
  for (const Bilingual& detail : match_details(*summary.matching)) {
    page.line(visible_text(page.in(detail)));
  }
}

void add_findings(Page& page, const BundleSummary& summary) {
  page.heading({"Findings", "検出"});
  add_matching(page, summary);
  if (summary.findings_total() == 0) {
    return page.line(page.in({"none recorded (that alone does not show a clean host)",
                              "記録なし（これだけで感染なしとは言えません）"}));
  }
  if (!summary.matching) {
    std::string counts;
    for (std::size_t i = 0; i < kRatings; ++i) {
      if (summary.findings[i] == 0) continue;
      counts += counts.empty() ? "" : ", ";
      counts += std::string(page.in(rating_text(static_cast<Rating>(i)))) + ' ' +
                grouped(summary.findings[i]);
    }
    page.line(counts);
  }
  const std::size_t shown_findings = std::min(kListed, summary.top_findings.size());
  for (const FindingSummary& finding : std::span(summary.top_findings).first(shown_findings)) {
    for (const std::string& line : finding_lines(finding, page.language(), kListedWitnesses)) {
      page.line(line);
    }
  }
  if (summary.findings_total() > shown_findings) {
    page.line(
        page.in({"... all in konseki/findings.jsonl", "... 全件は konseki/findings.jsonl を参照"}));
  }
}

void add_records(Page& page, const BundleSummary& summary) {
  if (summary.records.empty()) return;
  page.heading({"Records by source, and how far back they reach", "レコードの種類と、遡れる期間"});
  for (const SchemaCount& count : summary.records) {
    std::string value = grouped(count.records);
    if (count.damaged > 0) {
      value += std::string(page.in({", damaged ", "、破損 "})) + grouped(count.damaged);
    }
    const std::string period = period_text(count.period);
    page.row({visible_text(count.schema), visible_text(count.schema)},
             period.empty() ? value : padded_to(value, 10) + "  " + period);
  }
}

void add_volumes(Page& page, const BundleSummary& summary) {
  if (summary.volumes.empty()) return;
  page.heading({"Volumes", "ボリューム"});
  for (const VolumeSummary& volume : summary.volumes) {
    const std::string mount = visible_text(mount_text(volume));
    page.row({mount, mount},
             shown(joined({volume.type, volume.size > 0 ? bytes_text(volume.size) : "",
                           volume.label, volume.serial},
                          ", ")));
  }
}

void add_digest(Page& page, const BundleSummary& summary) {
  page.heading(
      {"SHA-256 of the manifest, to copy by hand", "マニフェストの SHA-256（手書き控え用）"});
  if (!summary.manifest_digest) {
    return page.line(page.in({"none: the bundle is not sealed", "なし: 封印されていません"}));
  }
  for (const std::string& line : digest_lines(*summary.manifest_digest)) page.line(line);
  page.heading({"Signature of the manifest", "マニフェストの署名"});
  page.line(page.in(signature_text(summary.signature)));
  if (summary.signature.public_key.empty()) return;
  page.row({"Public key, to copy by hand", "公開鍵（手書き控え用）"}, summary.signature.public_key);
  page.row({"Key ID", "鍵 ID"}, summary.signature.key_id);
}

}  // namespace

Result<void> write_info_text(const BundleSummary& summary, Language language, InfoForm form,
                             const Output& write) {
  Page page(language);
  page.heading(form == InfoForm::kFull ? Bilingual{"Konseki bundle", "Konseki バンドル"}
                                       : Bilingual{"Collection finished", "収集終了"});
  add_host(page, summary, form);
  add_run(page, summary, form);
  if (form == InfoForm::kFull) add_case(page, summary.custody);
  add_counts(page, summary);
  if (form == InfoForm::kFull) {
    add_volumes(page, summary);
    add_records(page, summary);
  }
  add_gaps(page, summary, form);
  add_findings(page, summary);
  add_digest(page, summary);
  return write(page.take());
}

}  // namespace konseki

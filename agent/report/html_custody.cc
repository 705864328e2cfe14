// The custody record (証拠管理表): one A4 page, to be completed and signed by hand.
#include "agent/report/custody_text.h"
#include "agent/report/html_sections.h"
#include "agent/report/number_text.h"
#include "agent/report/signature_facts.h"
#include "agent/report/state_text.h"

namespace konseki {
namespace {

void write_row(Html& html, const Bilingual& label, std::string_view value) {
  html.raw("<tr><th scope=\"row\">").both(label).raw("</th><td class=\"e\">").text(value);
  html.raw("</td></tr>\n");
}

void write_words_row(Html& html, const Bilingual& label, const Bilingual& value) {
  html.raw("<tr><th scope=\"row\">").both(label).raw("</th><td>").both(value);
  html.raw("</td></tr>\n");
}

void write_case_rows(Html& html, const CustodyFields& custody) {
  write_row(html, {"Case", "案件番号"}, custody.case_id);
  write_row(html, {"Evidence", "証拠番号"}, custody.evidence_id);
  write_row(html, {"Place", "場所"}, custody.place);
  write_row(html, {"Operator", "担当者"}, custody.operator_name);
  write_row(html, {"Witness", "立会人"}, custody.witness);
  write_row(html, {"Authority or consent", "根拠（権限・同意）"}, custody.authority);
  write_row(html, {"Purpose", "目的"}, custody.purpose);
  if (!custody.notes.empty()) write_row(html, {"Notes", "備考"}, custody.notes);
}

void write_method_rows(Html& html, const HostPage& page) {
  const BundleSummary& summary = page.summary;
  const RunFacts& run = summary.run;
  const auto offset = host_offset(summary);
  write_row(html, {"Host", "対象ホスト"},
            summary.host.host_id.empty()
                ? summary.host.hostname
                : summary.host.hostname + " (" + summary.host.host_id + ")");
  Bilingual source = source_text(summary);
  if (summary.source_kind == "live") {
    source.en +=
        ". Live acquisition: no write blocker can exist, and running the tool changes the "
        "system's memory and process state.";
    source.ja +=
        "。稼働中の保全のため書き込み防止は適用できず、ツールの実行により"
        "メモリーやプロセスの状態が変化します。";
  } else {
    source.en += ": " + summary.source.location + ", opened read-only.";
    source.ja += ": " + summary.source.location + "。読み取り専用で開いています。";
  }
  write_words_row(html, {"Source and method", "対象と方法"}, source);
  write_row(html, {"Started", "開始日時"}, time_with_zone(run.started, offset));
  write_row(html, {"Ended", "終了日時"}, time_with_zone(run.ended, offset));
  Bilingual clock;
  for (const Bilingual& note : clock_notes(summary)) {
    clock.en += (clock.en.empty() ? "" : "; ") + note.en;
    clock.ja += (clock.ja.empty() ? "" : "。") + note.ja;
  }
  if (!clock.empty()) write_words_row(html, {"Clock", "時計"}, clock);
  write_row(html, {"Tool", "使用ツール"}, run.tool + ' ' + run.version);
  write_row(html, {"SHA-256 of the tool", "ツールの SHA-256"}, run.executable_sha256);
  write_row(html, {"Run", "実行 ID"}, run.run_id);
  if (!page.name.empty()) write_row(html, {"Bundle file", "バンドルのファイル名"}, page.name);
  write_words_row(html, {"State of the bundle", "バンドルの状態"}, seal_text(summary));
  write_words_row(
      html, {"Content", "内容"},
      {grouped(summary.files.collected + summary.files.linked) + " files, " +
           bytes_text(summary.files.bytes) + ", " + grouped(summary.records_total()) + " records",
       "ファイル " + grouped(summary.files.collected + summary.files.linked) + " 件、" +
           bytes_text(summary.files.bytes) + "、レコード " + grouped(summary.records_total()) +
           " 件"});
}

void write_seal_signature(Html& html, const SignatureFacts& facts) {
  html.raw("<table><tbody>\n");
  write_words_row(html, {"Signature of the manifest", "マニフェストの署名"}, signature_text(facts));
  if (!facts.public_key.empty()) {
    write_row(html, {"Public key (minisign)", "公開鍵 (minisign)"}, facts.public_key);
  }
  if (!facts.trusted_comment.empty()) {
    write_row(html, {"Signed comment", "署名されたコメント"}, facts.trusted_comment);
  }
  html.raw("</tbody></table>\n");
}

void write_digest(Html& html, const BundleSummary& summary) {
  html.raw("<h3>").both("SHA-256 of the manifest", "マニフェストの SHA-256").raw("</h3>\n");
  if (!summary.manifest_digest) {
    html.raw("<p>").both("None: the bundle is not sealed.", "なし（封印されていません）。");
    html.raw("</p>\n");
    return;
  }
  html.raw("<p class=\"digest\">");
  bool first = true;
  for (const std::string& line : digest_lines(*summary.manifest_digest)) {
    html.raw(first ? "" : "\n").raw(line);
    first = false;
  }
  html.raw("</p>\n<p class=\"soft\">");
  html.both(
      "It stands for every byte of the bundle. Copy it by hand and keep it apart from the "
      "bundle; konseki verify shows the same number as long as nothing was changed.",
      "バンドル全体の同一性を示す値です。手書きで控え、バンドルとは別に保管してください。"
      "変更がなければ konseki verify が同じ値を示します。");
  html.raw("</p>\n");
  write_seal_signature(html, summary.signature);
}

// What the log beside the bundle says, as rows of the hand-over table.
void write_log_rows(Html& html, const CustodyLog& log) {
  for (const CustodyRecord& record : log.records) {
    const CustodyEntry& entry = record.entry;
    html.raw("<tr><td class=\"e\">")
        .text(entry.time.substr(0, 19))
        .raw(" UTC</td><td class=\"e\">");
    html.text(entry.by).raw("</td><td class=\"e\">").text(entry.to).raw("</td><td class=\"e\">");
    html.both(custody_event_text(entry.event)).raw(" ").text(entry.note).raw(" (");
    html.both(custody_signature_text(record)).raw(")</td></tr>\n");
  }
}

void write_log_problems(Html& html, const CustodyLog& log) {
  for (const CustodyProblem& problem : log.problems) {
    const std::string line = std::to_string(problem.line);
    html.raw("<p class=\"say bad\">");
    html.both("Custody log, line " + line + ": " + problem.text.en,
              "管理記録 " + line + " 行目: " + problem.text.ja);
    html.raw("</p>\n");
  }
}

void write_hand_overs(Html& html, const CustodyLog* log) {
  html.raw("<div class=\"signs\"><div>").both("Operator: signature, date", "担当者 署名・日付");
  html.raw("</div><div>").both("Witness: signature, date", "立会人 署名・日付");
  html.raw("</div></div>\n<h3>").both("Handed over", "受け渡し記録").raw("</h3>\n");
  html.raw("<div class=\"scroll\"><table class=\"hand\"><thead><tr><th scope=\"col\">");
  html.both("Date, time", "日時").raw("</th><th scope=\"col\">").both("From", "渡した者");
  html.raw("</th><th scope=\"col\">").both("To", "受け取った者").raw("</th><th scope=\"col\">");
  html.both("Purpose, place", "目的・場所").raw("</th></tr></thead><tbody>\n");
  if (log != nullptr) write_log_rows(html, *log);
  for (int row = 0; row < 4; ++row) html.raw("<tr><td></td><td></td><td></td><td></td></tr>\n");
  html.raw("</tbody></table></div>\n");
  if (log != nullptr) write_log_problems(html, *log);
}

}  // namespace

void write_custody(Html& html, const HostPage& page) {
  html.raw("<section class=\"part custody\" id=\"custody-" + page.id + "\"><h2>");
  html.both("Custody record", "証拠管理表").raw("</h2>\n<table><tbody>\n");
  write_case_rows(html, page.summary.custody);
  write_method_rows(html, page);
  html.raw("</tbody></table>\n");
  write_digest(html, page.summary);
  write_hand_overs(html, page.custody);
  end_part(html);
}

}  // namespace konseki

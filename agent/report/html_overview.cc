// First view: what the bundle is worth, in cards and sentences.
#include "agent/report/html_sections.h"
#include "agent/report/number_text.h"
#include "agent/report/state_text.h"
#include "agent/report/time_text.h"

namespace konseki {
namespace {

struct Card {
  std::string_view part;  // where it leads
  Bilingual name;
  std::string value;
  std::string_view tone;
  Bilingual more;
};

void write_card(Html& html, const HostPage& page, const Card& card) {
  html.raw("<a class=\"card\" href=\"#")
      .raw(card.part)
      .raw("-" + page.id + "\"><span class=\"name\">");
  html.both(card.name).raw("</span><b class=\"").raw(card.tone).raw("\">").raw(card.value);
  html.raw("</b><span class=\"more soft\">").both(card.more).raw("</span></a>\n");
}

Card findings_card(const BundleSummary& summary) {
  Card card{"findings", {"Findings", "検出"}, grouped(summary.findings_total()), "", {}};
  for (std::size_t i = 0; i < kRatings; ++i) {
    const auto severity = static_cast<Rating>(i);
    if (summary.findings[i] == 0) continue;
    if (card.tone.empty()) card.tone = rating_name(severity);
    const Bilingual name = rating_text(severity);
    const std::string number = grouped(summary.findings[i]);
    card.more.en += (card.more.en.empty() ? "" : ", ") + name.en + ' ' + number;
    card.more.ja += (card.more.ja.empty() ? "" : "、") + name.ja + ' ' + number;
  }
  if (card.more.en.empty()) {
    card.more = {"that alone does not show a clean host", "これだけで感染なしとは言えません"};
  }
  return card;
}

Card gaps_card(const BundleSummary& summary) {
  const std::uint64_t total = summary.missed_total + summary.gaps_total +
                              summary.unreadable.size() + summary.problems.size() +
                              summary.damaged_rows;
  return {"gaps",
          {"Could not look, or not taken", "確認・収集できなかったもの"},
          grouped(total),
          total > 0 ? "medium" : "good-ink",
          total > 0 ? Bilingual{"see what and why", "内容と理由を確認してください"}
                    : Bilingual{"no gaps recorded", "欠落の記録なし"}};
}

void write_cards(Html& html, const HostPage& page) {
  const BundleSummary& summary = page.summary;
  html.raw("<div class=\"cards\">\n");
  write_card(html, page, findings_card(summary));
  write_card(html, page, gaps_card(summary));
  const FileCounts& files = summary.files;
  write_card(html, page,
             {"collected",
              {"Files collected", "収集したファイル"},
              grouped(files.collected + files.linked),
              "",
              {bytes_text(files.bytes) + "; listed only: " + grouped(files.listed),
               bytes_text(files.bytes) + "／一覧のみ " + grouped(files.listed)}});
  write_card(html, page,
             {"collected",
              {"Records", "レコード"},
              grouped(summary.records_total()),
              "",
              {std::to_string(summary.records.size()) + " kinds",
               std::to_string(summary.records.size()) + " 種類"}});
  const Period& period = summary.record_period;
  if (period.earliest) {
    const std::string from = day_text(day_of(*period.earliest));
    write_card(html, page,
               {"collected",
                {"Records reach back to", "レコードで遡れる最古の日"},
                from,
                "",
                {"up to " + day_text(day_of(*period.latest)),
                 day_text(day_of(*period.latest)) + " まで"}});
  }
  html.raw("</div>\n");
}

void write_sentence(Html& html, std::string_view tone, const Bilingual& words) {
  if (words.empty()) return;
  html.raw("<p class=\"say ").raw(tone).raw("\">").both(words).raw("</p>\n");
}

void write_sentences(Html& html, const BundleSummary& summary) {
  if (summary.files.escalated > 0) {
    const std::string count = grouped(summary.files.escalated);
    write_sentence(html, "warn",
                   {"A webshell, a miner or a defaced page was found: " + count +
                        " more files were collected for it.",
                    "Web シェル・マイナー・改ざんを検出したため、" + count +
                        " ファイルを追加で収集しました。"});
  }
  write_sentence(
      html, is_whole(summary) ? "good" : "bad",
      {"Bundle: " + seal_text(summary).en + ".", "バンドル: " + seal_text(summary).ja + "。"});
  if (!summary.run.privileged.value_or(true)) {
    const Bilingual words = privilege_text(summary);
    if (!words.empty()) write_sentence(html, "warn", {"Run " + words.en + ".", words.ja + "。"});
  }
  if (summary.run.out_of_time) {
    write_sentence(html, "warn",
                   {"The time limit ended the collection early.",
                    "制限時間に達したため、収集は途中で終了しました。"});
  }
  if (!summary.unreadable.empty()) {
    const std::string count = grouped(summary.unreadable.size());
    write_sentence(
        html, "warn",
        {count + " volume(s) could not be read; nothing is known about their content.",
         count + " 個のボリュームを読み取れませんでした。内容は一切確認できていません。"});
  }
  for (const Bilingual& note : clock_notes(summary)) {
    write_sentence(html, "", {"Clock: " + note.en + ".", "時計: " + note.ja + "。"});
  }
}

}  // namespace

std::string host_title(const HostPage& page) {
  if (!page.summary.host.hostname.empty()) return page.summary.host.hostname;
  return page.name.empty() ? "#" + page.id : page.name;
}

void begin_part(Html& html, const HostPage& page, std::string_view name, const Bilingual& title) {
  html.raw("<section class=\"part\" id=\"").raw(name).raw("-" + page.id + "\"><h2>");
  html.both(title).raw("</h2>\n");
}

void end_part(Html& html) { html.raw("</section>\n"); }

void write_overview(Html& html, const HostPage& page) {
  const BundleSummary& summary = page.summary;
  html.raw("<h1 id=\"host-" + page.id + "\" class=\"e\">").text(host_title(page)).raw("</h1>\n");
  html.raw("<p class=\"under\">")
      .text(summary.host.os_name.empty() ? summary.host.os : summary.host.os_name);
  html.raw(" · ").both(source_text(summary)).raw(" · ");
  html.raw(time_with_zone(summary.run.started, host_offset(summary)));
  html.raw("</p>\n");
  write_sentences(html, summary);
  write_cards(html, page);
}

}  // namespace konseki

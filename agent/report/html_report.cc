#include "agent/report/html_report.h"

#include <list>
#include <vector>

#include "agent/base/digest.h"
#include "agent/report/html_records.h"
#include "agent/report/html_sections.h"
#include "agent/report/report_assets.h"

namespace konseki {
namespace {

std::string base64(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group =
          group << 8 | (at + i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += at + i > bytes.size() ? '=' : kDigits[group >> (18 - 6 * i) & 63];
    }
  }
  return out;
}

std::string source_hash(std::string_view text) {
  return "'sha256-" + base64(sha256_of(std::as_bytes(std::span(text)))) + "'";
}

void write_head(Html& html, Language language, const std::string& title) {
  const bool japanese = language == Language::kJapanese;
  std::string safe_title;
  append_attribute(safe_title, title);
  html.raw("<!DOCTYPE html>\n<html lang=\"").raw(japanese ? "ja" : "en").raw("\">\n<head>\n");
  html.raw(
      "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""
      "default-src 'none'; base-uri 'none'; form-action 'none'; style-src ");
  html.raw(source_hash(kReportStyle)).raw("; script-src ").raw(source_hash(kReportScript));
  html.raw(
      "\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  html.raw(safe_title)
      .raw("</title>\n<style>")
      .raw(kReportStyle)
      .raw("</style>\n</head>\n<body>\n");
  for (const std::string_view tongue : {"en", "ja"}) {
    html.raw(
        "<input class=\"tongue\" type=\"radio\" name=\"tongue\" autocomplete=\"off\" id=\"tongue-");
    html.raw(tongue).raw("\" aria-label=\"").raw(tongue == "en" ? "English" : "日本語");
    html.raw((tongue == "ja") == japanese ? "\" checked>\n" : "\">\n");
  }
}

void write_bar(Html& html, const std::vector<HostPage>& pages) {
  html.raw("<header class=\"bar\"><span class=\"mark\">痕跡 Konseki</span><nav>");
  if (pages.size() == 1) {
    const std::string& id = pages.front().id;
    struct Link {
      std::string_view part, en, ja;
    };
    for (const Link& link : std::initializer_list<Link>{{"findings", "Findings", "検出"},
                                                        {"gaps", "Gaps", "欠落"},
                                                        {"timeline", "Timeline", "タイムライン"},
                                                        {"persistence", "Persistence", "永続化"},
                                                        {"live", "Live state", "稼働状態"},
                                                        {"people", "Accounts", "アカウント"},
                                                        {"collected", "Collected", "収集内容"},
                                                        {"system", "Host", "ホスト"},
                                                        {"custody", "Custody", "証拠管理表"}}) {
      html.raw("<a href=\"#").raw(link.part).raw("-" + id + "\">").both(link.en, link.ja);
      html.raw("</a>");
    }
  } else {
    for (const HostPage& page : pages) {
      html.raw("<a class=\"e\" href=\"#host-" + page.id + "\">").text(host_title(page), 60);
      html.raw("</a>");
    }
  }
  html.raw(
      "</nav><span class=\"tongues\"><label for=\"tongue-en\" lang=\"en\">English</label>"
      "<label for=\"tongue-ja\" lang=\"ja\">日本語</label></span></header>\n<main>\n");
}

// Damage in one stream must not take the rest of the page with it.
void tell_damage(Html& html, const Result<void>& done) {
  if (done) return;
  html.raw("<p class=\"say bad\">");
  html.both(
      "This part of the bundle could not be read: " + done.error().describe(Language::kEnglish),
      "バンドルのこの部分を読み取れません: " + done.error().describe(Language::kJapanese));
  html.raw("</p>\n");
}

void write_group_part(Html& html, BundleReader& bundle, const HostPage& page,
                      const ReportOptions& options, std::string_view name, TableGroup group,
                      const Bilingual& title) {
  begin_part(html, page, name, title);
  tell_damage(html, write_record_group(html, bundle, page.summary, group, options.records));
  end_part(html);
}

void write_host_report(Html& html, BundleReader& bundle, const HostPage& page,
                       const ReportOptions& options) {
  html.raw("<article class=\"host\">\n");
  write_overview(html, page);
  write_findings(html, page);
  write_gaps(html, page);
  write_chart(html, page);
  begin_part(html, page, "persistence",
             {"Persistence: what starts by itself", "永続化（自動的に起動するもの）"});
  tell_damage(html, write_persistence(html, bundle, page.summary, options.persistence));
  end_part(html);
  write_group_part(html, bundle, page, options, "live", TableGroup::kLive,
                   {"Live state", "稼働状態"});
  write_group_part(html, bundle, page, options, "people", TableGroup::kPeople,
                   {"Accounts and logons", "アカウントとログオン"});
  write_group_part(html, bundle, page, options, "records", TableGroup::kOther,
                   {"Other records", "その他のレコード"});
  write_collected(html, page);
  write_host(html, page);
  write_custody(html, page);
  html.raw("</article>\n");
}

void write_unreadable(Html& html, const ReportInput& input, const Error& error) {
  html.raw("<section class=\"part\"><h2 class=\"e\">")
      .text(input.name)
      .raw("</h2><p class=\"say bad\">");
  html.both("This bundle could not be read: " + error.describe(Language::kEnglish),
            "このバンドルを読み取れません: " + error.describe(Language::kJapanese));
  html.raw("</p></section>\n");
}

}  // namespace

Result<void> write_html_report(std::span<const ReportInput> inputs, const ReportOptions& options,
                               const Output& write) {
  std::vector<Result<BundleSummary>> summaries;
  std::vector<HostPage> pages;
  summaries.reserve(inputs.size());
  for (const ReportInput& input : inputs) {
    summaries.push_back(
        input.summary ? *input.summary
                      : summarise(*input.bundle, options.schemas, {.findings = options.findings}));
  }
  // A list keeps its elements where they are: the pages point at them.
  std::list<CustodyLog> logs;
  std::string title = "Konseki";
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!summaries[i]) continue;
    pages.push_back({*summaries[i], std::to_string(i + 1), inputs[i].name, nullptr});
    if (inputs[i].custody) {
      pages.back().custody = &logs.emplace_back(read_custody_log(*inputs[i].custody));
    }
  }
  if (pages.empty()) {
    if (inputs.empty()) return fail(ErrorCode::kInvalidArgument, "no bundle given");
    return fail(summaries.front().error());
  }
  title += ": " + host_title(pages.front());
  if (pages.size() > 1) title += " +" + std::to_string(pages.size() - 1);

  Html html(write);
  write_head(html, options.language, title);
  write_bar(html, pages);
  auto page = pages.begin();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (summaries[i]) {
      write_host_report(html, *inputs[i].bundle, *page++, options);
    } else {
      write_unreadable(html, inputs[i], summaries[i].error());
    }
  }
  html.raw("<footer>");
  html.both("Made by Konseki " KONSEKI_VERSION
            " from the bundles alone. All times are UTC unless "
            "another zone is named.",
            "Konseki " KONSEKI_VERSION
            " がバンドルのみから生成しました。"
            "時刻は特記のない限り UTC です。");
  html.raw("</footer>\n</main>\n<script>").raw(kReportScript).raw("</script>\n</body>\n</html>\n");
  return html.finish();
}

}  // namespace konseki

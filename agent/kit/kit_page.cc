#include "agent/kit/kit_page.h"

#include <array>

#include "agent/base/base64.h"
#include "agent/base/digest.h"
#include "agent/base/html_text.h"

namespace konseki {
namespace {

constexpr std::string_view kStyle = R"(
@page { size: A4; margin: 11mm; }
body { margin: 0 auto; max-width: 48rem; padding: 0 1rem; color: #111; background: #fff;
  font: 13px/1.45 "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", Meiryo, sans-serif; }
section { break-after: page; padding: 1rem 0; }
section:last-of-type { break-after: auto; }
h1 { font-size: 20px; margin: 0 0 .3rem; }
h2 { font-size: 14px; margin: .7rem 0 .2rem; border-bottom: 1px solid #888; }
ol, ul { margin: 0; padding-left: 1.5rem; }
code { display: block; margin: .1rem 0 .2rem; padding: .1rem .5rem; background: #eee;
  font: 13px/1.4 "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
.call { border: 2px solid #111; padding: .3rem .7rem; font-size: 15px; overflow-wrap: anywhere; }
.boxes { display: grid; grid-template-columns: repeat(8, 1fr); gap: .35rem; margin: .3rem 0; }
.boxes span { border: 1px solid #555; height: 1.9rem; }
.boxes .wide { grid-column: span 8; }
.small { font-size: 11px; color: #333; overflow-wrap: anywhere; }
@media print {
  body { max-width: none; padding: 0; font-size: 11px; line-height: 1.4; }
  section { padding: 0; }
  h1 { font-size: 18px; }
  h2 { font-size: 12px; margin-top: .5rem; }
  p { margin: .4rem 0; }
  code { font-size: 11px; }
  .boxes span { height: 1.6rem; }
  .small { font-size: 10px; }
}
)";

std::string escaped(std::string_view text) {
  std::string out;
  append_html_text(out, text);
  return out;
}

const Bilingual kCall{"Who to call: ", "連絡先: "};
const Bilingual kCopyHeading{"To copy by hand at the end", "最後に書き写すもの"};
const Bilingual kCopyDigest{
    "SHA-256 of the manifest, 16 groups of 4 (0-9 and a-f). It proves later that nothing was "
    "changed.",
    "マニフェストの SHA-256 (0-9 と a-f を 4 文字ずつ 16 "
    "組)。後で改変がないことの証明に使います。"};
const Bilingual kCopyKey{"Public key (begins with RW; capital and small letters differ):",
                         "公開鍵 (RW で始まる。大文字と小文字を区別):"};
const Bilingual kWho{"Name, date and time by your watch, witness:", "氏名・時計の日時・立会人:"};
const Bilingual kKitKey{"Key of this kit, to compare with the maker's note: ",
                        "このキットの公開鍵 (作成者の控えと照合): "};

// What the reader's case is, in one line.
std::string case_line(const KitConfig& config, Language language) {
  const std::pair<std::string, Bilingual> fields[] = {{"case_id", {"Case ", "案件 "}},
                                                      {"evidence_id", {"Evidence ", "証拠 "}},
                                                      {"operator", {"Operator ", "担当 "}},
                                                      {"place", {"Place ", "場所 "}}};
  std::string out;
  for (const auto& [key, label] : fields) {
    const auto found = config.case_fields.find(key);
    if (found == config.case_fields.end()) continue;
    out += (out.empty() ? "" : " / ") + label.in(language) + found->second;
  }
  return out;
}

std::array<Language, 2> order(Language first) {
  const bool japanese = first == Language::kJapanese;
  return {first, japanese ? Language::kEnglish : Language::kJapanese};
}

void add_sheet(std::string& out, const KitPageFacts& facts, Language language) {
  const auto words = [&](const Bilingual& text) { return escaped(text.in(language)); };
  const bool japanese = language == Language::kJapanese;
  out += std::string("<section lang=\"") + (japanese ? "ja" : "en") + "\">\n";
  out += "<h1>" + words(kKitPageTitle) + "</h1>\n";
  if (const std::string line = case_line(*facts.config, language); !line.empty()) {
    out += "<p class=\"small\">" + escaped(line) + "</p>\n";
  }
  out += "<p class=\"call\">" + words(kCall) + words(kit_contact(*facts.config)) + "</p>\n";
  for (const PageSection& section : kit_page_sections(facts)) {
    const char* tag = section.numbered ? "ol" : "ul";
    out += "<h2>" + words(section.heading) + "</h2>\n<" + tag + ">\n";
    for (const PageLine& line : section.lines) {
      out += "<li>" + words(line.text);
      if (!line.command.empty()) out += "<code>" + escaped(line.command) + "</code>";
      out += "</li>\n";
    }
    out += std::string("</") + tag + ">\n";
  }
  out += "<h2>" + words(kCopyHeading) + "</h2>\n" + words(kCopyDigest) + "\n<div class=\"boxes\">";
  for (int i = 0; i < 16; ++i) out += "<span></span>";
  out += "</div>\n" + words(kCopyKey) + "<div class=\"boxes\"><span class=\"wide\"></span></div>\n";
  out += words(kWho) + "<div class=\"boxes\"><span class=\"wide\"></span></div>\n";
  out += "<p class=\"small\">" + words(kKitKey) + escaped(facts.config->public_key.text()) +
         "</p>\n</section>\n";
}

void add_sheet_text(std::string& out, const KitPageFacts& facts, Language language) {
  const auto line = [&](std::string_view text) { out.append(text).append("\r\n"); };
  const std::string rule(60, '=');
  line(rule);
  line(kKitPageTitle.in(language));
  line(rule);
  if (const std::string text = case_line(*facts.config, language); !text.empty()) line(text);
  line(kCall.in(language) + kit_contact(*facts.config).in(language));
  for (const PageSection& section : kit_page_sections(facts)) {
    line("");
    line("[" + section.heading.in(language) + "]");
    int number = 0;
    for (const PageLine& each : section.lines) {
      line((section.numbered ? std::to_string(++number) + ". " : "- ") + each.text.in(language));
      if (!each.command.empty()) line("      " + each.command);
    }
  }
  line("");
  line("[" + kCopyHeading.in(language) + "]");
  line(kCopyDigest.in(language));
  for (int row = 0; row < 2; ++row) line("  ____ ____ ____ ____  ____ ____ ____ ____");
  line(kCopyKey.in(language));
  line("  ________________________________________________________");
  line(kWho.in(language));
  line("  ________________________________________________________");
  line("");
  line(kKitKey.in(language) + facts.config->public_key.text());
  line("");
}

}  // namespace

std::string kit_page_html(const KitPageFacts& facts, Language first) {
  const auto digest = sha256_of(std::as_bytes(std::span(kStyle)));
  std::string out = "<!DOCTYPE html>\n<html lang=\"";
  out += first == Language::kJapanese ? "ja" : "en";
  out +=
      "\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" +
      base64_encode(digest) +
      "'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escaped(kKitPageTitle.in(first)) + "</title>\n<style>";
  out += kStyle;
  out += "</style>\n</head>\n<body>\n";
  for (const Language language : order(first)) add_sheet(out, facts, language);
  return out + "</body>\n</html>\n";
}

std::string kit_page_text(const KitPageFacts& facts, Language first) {
  std::string out = "\xEF\xBB\xBF";
  for (const Language language : order(first)) add_sheet_text(out, facts, language);
  return out;
}

}  // namespace konseki

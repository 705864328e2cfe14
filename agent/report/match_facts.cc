#include "agent/report/match_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/base/quantities.h"
#include "agent/report/finding_text.h"
#include "agent/report/number_text.h"
#include "agent/report/reasons.h"

namespace konseki {
namespace {

constexpr std::size_t kMostCutRules = 10;

// Names from info up, as MatchFacts::findings counts.
constexpr std::array<Rating, 5> kRatingOf{Rating::kInfo, Rating::kLow, Rating::kMedium,
                                          Rating::kHigh, Rating::kCritical};

// Not looked at because somebody knows it or nobody asked for its content; or told as a gap
// already; or looked at, and only not remembered for the story that is told at the end.
bool is_by_plan(std::string_view reason) {
  return reason == "listed" || reason == "not_in_bundle" || reason.starts_with("known_good") ||
         reason == "package_intact" || reason == "content.package_unchanged" ||
         reason == "indicators.not_applied" || reason == "regions_mapped_file" ||
         reason == "regions_device" || reason == "own_bundles" || reason.starts_with("bytes_") ||
         reason == "limit_of_files";
}

std::vector<NamedCount> read_counts(const JsonView& json) {
  std::vector<NamedCount> out;
  for (JsonItems items(json); items.next();) {
    out.push_back({items.value()["name"].text(), items.value()["count"].unsigned_number()});
  }
  return out;
}

std::uint64_t loaded_of(const MatchFacts& facts, std::string_view kind) {
  std::uint64_t total = 0;
  for (const MatcherFacts& matcher : facts.matchers) {
    // A total where the matcher states one; else its parts ("indicators.url", ...).
    std::uint64_t parts = 0;
    std::optional<std::uint64_t> whole;
    for (const NamedCount& each : matcher.loaded) {
      if (each.name == kind) whole = each.count;
      if (each.name.starts_with(std::string(kind) + ".")) parts += each.count;
    }
    total += whole.value_or(parts);
  }
  return total;
}

struct ReasonWords {
  std::string_view reason, en, ja;
};

constexpr ReasonWords kReasonWords[] = {
    {"listed", "only listed, as the profile asks", "プロファイルどおり一覧のみ"},
    {"not_in_bundle", "content not in the bundle", "内容がバンドルに含まれていない"},
    {"known_good", "known good, passed over", "既知の正常ファイルのため省略"},
    {"known_good.bytes", "bytes of known good files", "バイト (既知の正常ファイル)"},
    {"package_intact", "as the package database knows them, passed over",
     "パッケージデータベースと一致するため省略"},
    {"time_limit", "took too long", "時間切れ"},
    {"too_large", "too large", "大きすぎる"},
    {"indicators.not_applied",
     "indicators that cannot be applied here (konseki list indicators names them)",
     "ここでは適用できないインジケータ (konseki list indicators で確認)"},
    {"indicators.sha512", "SHA-512 indicators, which are not computed of files",
     "SHA-512 のインジケータ (ファイルの SHA-512 は計算しない)"},
    {"indicators.certificate", "digests of certificates, which are not computed",
     "証明書のハッシュ値 (計算しない)"},
    {"content.package_unchanged",
     "files as their package shipped them, content not searched for addresses",
     "パッケージの配布物のままのファイル (内容からアドレスを探さない)"},
    {"content.binary_behind_32_mib",
     "large binaries, searched for addresses in their first 32 MiB only",
     "大きなバイナリ (アドレスを探すのは先頭 32 MiB のみ)"},
    {"content.read_error", "contents with read errors", "内容の読み取りエラー"},
    {"expression_undecided", "expressions or patterns that reached their limit",
     "上限に達した正規表現・パターン"},
    {"own_bundles", "bundles of Konseki (--into-bundles looks into them)",
     "Konseki のバンドル (--into-bundles で中身も調べる)"},
    {"crashed", "stopped a library", "ライブラリが異常終了"},
    {"given_up", "not scanned, since too many before had stopped the library",
     "ライブラリの異常終了が続いたため検査を中止"},
    {"ended", "processes that ended first", "先に終了したプロセス"},
    {"processes_left", "processes when the run ended", "実行終了時に未着手のプロセス"},
    {"regions_mapped_file", "regions of memory that are files", "ファイルそのものであるメモリ領域"},
    {"regions_device", "regions of memory that are devices", "デバイスのメモリ領域"},
    {"regions_too_large", "regions of memory, not to their end (limit of one process)",
     "上限のため途中までとしたメモリ領域"},
    {"bytes_too_many", "bytes of memory beyond the limit of one process",
     "1 プロセスの上限を超えたメモリ (バイト)"},
    {"bytes_in_swap", "bytes in swap", "スワップ上のメモリ (バイト)"},
    {"bytes_unreadable", "bytes of memory that could not be read",
     "読み取れなかったメモリ (バイト)"},
    {"failed", "could not be read", "読み取れない"},
    {"cut_scripts", "scripts, only up to a limit of the analysis",
     "解析の上限までとしたスクリプト"},
    {"rules", "scripts, not by every YARA rule", "一部の YARA ルールを適用できなかったスクリプト"},
    {"results_beyond_limit", "scripts beyond the number that is judged",
     "判定数の上限を超えたスクリプト"},
    {"too_many_matches", "strings of rules with too many matches", "一致が多すぎたルールの文字列"},
    {"members", "members of archives", "アーカイブ内のファイル"},
    {"limit_of_files", "files beyond the number that is remembered",
     "記憶する数の上限を超えたファイル"},
    {"limit_of_entries", "start-up entries beyond the number that is remembered",
     "記憶する数の上限を超えた自動起動項目"},
    {"limit_of_writes", "writes beyond the number that is remembered",
     "記憶する数の上限を超えた書き込み記録"},
    {"limit_of_suspects", "suspects beyond the number that is remembered",
     "記憶する数の上限を超えた疑わしいもの"},
    {"limit_of_pages", "pages beyond the number that is remembered",
     "記憶する数の上限を超えたページ"},
    {"limit_of_releases", "lists of releases beyond the number that is remembered",
     "記憶する数の上限を超えたリリース一覧"},
    {"limit_of_paths", "requested paths beyond the number that is remembered",
     "記憶する数の上限を超えたリクエスト先"},
    {"limit_of_site_files", "files of sites beyond the number that is remembered",
     "記憶する数の上限を超えたサイトのファイル"},
};

Bilingual reason_words(std::string_view reason) {
  for (const ReasonWords& each : kReasonWords) {
    if (each.reason == reason) return {std::string(each.en), std::string(each.ja)};
  }
  return reason_text(reason, true).meaning;
}

Bilingual counts_sentence(const Bilingual& before, const std::vector<NamedCount>& counts,
                          std::string_view kind) {
  Bilingual out = before;
  bool first = true;
  for (const NamedCount& each : counts) {
    if (!each.name.starts_with(kind) || each.count == 0) continue;
    const std::string item = each.name.substr(kind.size()) + ' ' + grouped(each.count);
    out.en += (first ? "" : ", ") + item;
    out.ja += (first ? "" : "、") + item;
    first = false;
  }
  return first ? Bilingual{} : out;
}

Bilingual missed_sentence(const Bilingual& before, const std::vector<NamedCount>& counts) {
  Bilingual out = before;
  bool first = true;
  for (const NamedCount& each : counts) {
    if (each.count == 0) continue;
    const Bilingual words = reason_words(each.name);
    out.en += (first ? "" : "; ") + grouped(each.count) + ' ' + words.en;
    out.ja += (first ? "" : "、") + words.ja + ' ' + grouped(each.count) + " 件";
    first = false;
  }
  return first ? Bilingual{} : out;
}

// What of the memory of processes was looked at.
Bilingual memory_sentence(const MatcherFacts& memory) {
  std::uint64_t processes = 0, regions = 0, bytes = 0;
  for (const NamedCount& each : memory.looked_at) {
    if (each.name == "processes") processes = each.count;
    if (each.name == "regions") regions = each.count;
    if (each.name == "bytes") bytes = each.count;
  }
  return {fmt::format("Memory looked at: {} processes, {} regions, {}", grouped(processes),
                      grouped(regions), size_text(bytes)),
          fmt::format("検査したメモリ: プロセス {} 件、領域 {} 件、{}", grouped(processes),
                      grouped(regions), size_text(bytes))};
}

// "1,204 indicators and 87 rules"; the built-in checks alone where nothing else was given.
Bilingual arms_text(const MatchFacts& facts) {
  const std::uint64_t indicators = facts.indicators();
  const std::uint64_t rules = facts.rules();
  if (indicators == 0 && rules == 0) return {"the built-in checks", "組み込みの検査"};
  if (rules == 0) {
    return {grouped(indicators) + (indicators == 1 ? " indicator" : " indicators"),
            "インジケータ " + grouped(indicators) + " 件"};
  }
  const std::string rule_words = grouped(rules) + (rules == 1 ? " rule" : " rules");
  if (indicators == 0) return {rule_words, "ルール " + grouped(rules) + " 件"};
  return {
      grouped(indicators) + (indicators == 1 ? " indicator" : " indicators") + " and " + rule_words,
      "インジケータ " + grouped(indicators) + " 件とルール " + grouped(rules) + " 件"};
}

Bilingual found_text(const MatchFacts& facts) {
  std::uint64_t total = 0;
  Bilingual parts;
  for (std::size_t i = facts.findings.size(); i-- > 0;) {
    const std::uint64_t count = facts.findings[i];
    if (count == 0) continue;
    const Bilingual word = rating_text(kRatingOf[i]);
    parts.en += (total == 0 ? "" : ", ") + grouped(count) + ' ' + word.en;
    parts.ja += (total == 0 ? "" : "、") + word.ja + ' ' + grouped(count);
    total += count;
  }
  if (total == 0) return {"nothing found", "検出なし"};
  return {fmt::format("{} {} ({})", grouped(total), total == 1 ? "finding" : "findings", parts.en),
          fmt::format("検出 {} 件 ({})", grouped(total), parts.ja)};
}

}  // namespace

std::uint64_t MatchFacts::indicators() const { return loaded_of(*this, "indicators"); }
std::uint64_t MatchFacts::rules() const { return loaded_of(*this, "rules"); }

std::uint64_t MatchFacts::processes() const {
  for (const MatcherFacts& matcher : matchers) {
    if (matcher.matcher != "memory") continue;
    for (const NamedCount& each : matcher.looked_at) {
      if (each.name == "processes") return each.count;
    }
  }
  return 0;
}

std::uint64_t MatchFacts::could_not() const {
  std::uint64_t total = gaps;
  for (const NamedCount& each : not_read) total += is_by_plan(each.name) ? 0 : each.count;
  for (const MatcherFacts& matcher : matchers) {
    for (const NamedCount& each : matcher.not_looked_at) {
      total += is_by_plan(each.name) ? 0 : each.count;
    }
  }
  return total;
}

MatchFacts read_match_facts(const JsonView& matching) {
  MatchFacts facts;
  const JsonView findings = matching["findings"];
  for (std::size_t i = 0; i < facts.findings.size(); ++i) {
    facts.findings[i] = findings[rating_name(kRatingOf[i])].unsigned_number();
  }
  facts.files = matching["files"].unsigned_number();
  facts.contents = matching["contents"].unsigned_number();
  facts.records = matching["records"].unsigned_number();
  facts.gaps = matching["gaps"].unsigned_number();
  facts.allowed = matching["allowed"].unsigned_number();
  facts.held_down = matching["held_down"].unsigned_number();
  facts.not_read = read_counts(matching["not_read"]);
  for (JsonItems items(matching["matchers"]); items.next();) {
    const JsonView& each = items.value();
    facts.matchers.push_back({each["matcher"].text(), read_counts(each["loaded"]),
                              read_counts(each["looked_at"]), read_counts(each["not_looked_at"])});
  }
  for (JsonItems items(matching["cut_rules"]); items.next();) {
    const JsonView& each = items.value();
    facts.cut_rules.push_back({each["matcher"].text(), each["rule"].text(),
                               each["findings"].unsigned_number(), each["kept"].unsigned_number()});
  }
  return facts;
}

Bilingual match_line(std::string_view host, const MatchFacts& facts) {
  const Bilingual found = found_text(facts);
  const Bilingual arms = arms_text(facts);
  const std::uint64_t could_not = facts.could_not();
  Bilingual line{
      fmt::format("{}: {} of {}; {} files ({} with content) and {} records looked at", host,
                  found.en, arms.en, grouped(facts.files), grouped(facts.contents),
                  grouped(facts.records)),
      fmt::format("{}: {}。{}をファイル {} 件 (うち内容まで {} 件) とレコード {} 件に照合", host,
                  found.ja, arms.ja, grouped(facts.files), grouped(facts.contents),
                  grouped(facts.records))};
  if (const std::uint64_t processes = facts.processes(); processes > 0) {
    line.en += fmt::format("; {} processes in memory", grouped(processes));
    line.ja += fmt::format("、プロセス {} 件のメモリも検査", grouped(processes));
  }
  if (could_not > 0) {
    line.en += fmt::format("; {} could not be", grouped(could_not));
    line.ja += fmt::format("。照合できなかったもの {} 件", grouped(could_not));
  }
  if (facts.held_down > 0) {
    line.en += fmt::format("; {} held down as likely false alarms", grouped(facts.held_down));
    line.ja +=
        fmt::format("。誤検知の可能性が高く参考情報としたもの {} 件", grouped(facts.held_down));
  }
  return line;
}

std::vector<Bilingual> match_details(const MatchFacts& facts) {
  std::vector<Bilingual> out;
  const auto add = [&](Bilingual sentence) {
    if (!sentence.empty()) out.push_back(std::move(sentence));
  };
  for (const MatcherFacts& matcher : facts.matchers) {
    if (matcher.matcher == "memory") add(memory_sentence(matcher));
    add(counts_sentence({"Indicators: ", "インジケータ: "}, matcher.loaded, "indicators."));
    add(missed_sentence(
        {"Not looked at by " + matcher.matcher + ": ", matcher.matcher + " が調べなかったもの: "},
        matcher.not_looked_at));
  }
  add(missed_sentence({"Content not looked at: ", "内容を調べなかったファイル: "}, facts.not_read));
  if (facts.gaps > 0) {
    add({grouped(facts.gaps) +
             (facts.gaps == 1 ? " thing could not be matched; it is"
                              : " things could not be matched; each is") +
             " in the list of gaps",
         grouped(facts.gaps) + " 件は照合に失敗 (確認できなかったものの一覧を参照)"});
  }
  for (std::size_t i = 0; i < std::min(kMostCutRules, facts.cut_rules.size()); ++i) {
    const CutRuleFacts& cut = facts.cut_rules[i];
    add({fmt::format("Too broad: {} hit {} times, {} kept", cut.rule, grouped(cut.findings),
                     grouped(cut.kept)),
         fmt::format("条件が広すぎる: {} は {} 回一致 (うち {} 件を記録)", cut.rule,
                     grouped(cut.findings), grouped(cut.kept))});
  }
  if (facts.cut_rules.size() > kMostCutRules) {
    const std::string more = grouped(facts.cut_rules.size() - kMostCutRules);
    add({"Too broad: " + more + " more rules", "条件が広すぎるルールがほか " + more + " 件"});
  }
  if (facts.held_down > 0) {
    add({grouped(facts.held_down) +
             " findings are notes only: warninglists, private and reserved addresses",
         "警告リスト、プライベート・予約済みアドレスにより " + grouped(facts.held_down) +
             " 件を参考情報に変更"});
  }
  if (facts.allowed > 0) {
    add({grouped(facts.allowed) + " findings are notes only, by the allow list",
         "許可リストにより " + grouped(facts.allowed) + " 件を参考情報に変更"});
  }
  return out;
}

}  // namespace konseki

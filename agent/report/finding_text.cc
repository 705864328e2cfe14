#include "agent/report/finding_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/report/number_text.h"
#include "agent/report/time_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

constexpr std::size_t kTextColumns = 160;
constexpr std::size_t kExcerptLines = 3;
constexpr std::size_t kAddresses = 3;

struct FlagText {
  std::string_view flag, en, ja;
};
constexpr auto kFlags = std::to_array<FlagText>({
    {"expired", "the indicator has expired", "インジケータの有効期限切れ"},
    {"revoked", "the indicator has been revoked", "インジケータは取り消し済み"},
    {"not_yet_valid", "seen before the indicator's valid_from", "インジケータの有効開始前の観測"},
    {"subdomain", "a subdomain", "サブドメイン"},
    {"allow_listed", "on the allow list", "許可リストに記載"},
    {"too_broad", "too broad", "条件が広すぎる"},
    {"too_many", "too many findings", "検出が多すぎる"},
    {"warninglisted", "on a list of values that raise false alarms", "誤検知を招きやすい値"},
    {"reserved_address", "a private or reserved address", "プライベート・予約済みアドレス"},
    {"sinkhole", "a sinkhole", "シンクホール"},
    {"in_network", "an address in the listed network", "記載されたネットワーク内のアドレス"},
    {"other_query", "the listed URL with another query", "クエリーだけが異なる URL"},
    {"in_binary", "only inside binary content", "バイナリの内容でのみ一致"},
    {"in_memory", "only in the memory of processes", "プロセスのメモリでのみ一致"},
    {"name_only", "by its name only", "名前だけが一致"},
    {"values_cut", "more values than are listed here", "値が多いため一部のみ記載"},
});

std::string shown(std::string_view text) { return shortened_to(visible_text(text), kTextColumns); }

template <class Texts>
std::string joined_in(const Texts& texts, Language language) {
  std::string out;
  for (const Bilingual& text : texts) {
    if (!out.empty()) out += language == Language::kJapanese ? "、" : ", ";
    out += text.in(language);
  }
  return out;
}

std::string times_text(std::uint64_t count) {
  return count == 1 ? std::string("once") : grouped(count) + " times";
}

// The first lines of evidence, each by itself.
void put_excerpt(std::vector<std::string>& lines, std::string_view excerpt, bool japanese) {
  std::size_t count = 0;
  while (!excerpt.empty()) {
    const std::size_t end = excerpt.find('\n');
    const std::string_view line = excerpt.substr(0, end);
    excerpt = end == std::string_view::npos ? std::string_view() : excerpt.substr(end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (++count > kExcerptLines) {
      lines.emplace_back(japanese ? "      | …(続きあり)" : "      | ...(more)");
      return;
    }
    lines.push_back("      | " + shown(line));
  }
}

void put_witness(std::vector<std::string>& lines, const WitnessSummary& witness,
                 Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string line = "    - ";
  const std::string& text = witness.text.in(language);
  line += shown(text.empty() ? witness.name : text);
  if (witness.score > 0) line += fmt::format(" [{}]", witness.score);
  if (line.size() > 6) lines.push_back(std::move(line));
  for (std::size_t i = 0; i < std::min(kAddresses, witness.addresses.size()); ++i) {
    lines.push_back("      @ " + shown(witness.addresses[i]));
  }
  if (witness.addresses.size() > kAddresses) {
    const std::size_t more = witness.addresses.size() - kAddresses;
    lines.push_back(japanese ? fmt::format("      @ ほか {} か所", more)
                             : fmt::format("      @ and {} more places", more));
  }
  put_excerpt(lines, witness.excerpt, japanese);
}

// Where the rule comes from and how it may be passed on.
std::string origin_text(const FindingSummary& finding, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string out;
  const auto add = [&](std::string text) {
    if (text.empty()) return;
    if (!out.empty()) out += japanese ? "、" : ", ";
    out += text;
  };
  if (finding.origin != "konseki") add(shown(finding.origin));
  for (const std::string& marking : finding.markings) add(shown(marking));
  std::vector<Bilingual> flags;
  for (const std::string& flag : finding.flags) flags.push_back(flag_text(flag));
  add(joined_in(flags, language));
  return out;
}

}  // namespace

Bilingual rating_text(Rating severity) {
  switch (severity) {
    case Rating::kCritical:
      return {"critical", "緊急"};
    case Rating::kHigh:
      return {"high", "高"};
    case Rating::kMedium:
      return {"medium", "中"};
    case Rating::kLow:
      return {"low", "低"};
    case Rating::kInfo:
      return {"info", "情報"};
    case Rating::kUnknown:
      break;
  }
  return {"unrated", "未評価"};
}

Bilingual flag_text(std::string_view flag) {
  for (const FlagText& each : kFlags) {
    if (each.flag == flag) return {std::string(each.en), std::string(each.ja)};
  }
  const std::string word = visible_text(flag);
  return {word, word};
}

Bilingual seen_text(const FindingSummary& finding) {
  const auto& first = finding.first_seen ? finding.first_seen : finding.last_seen;
  if (!first) {
    if (finding.count < 2) return {};
    return {times_text(finding.count), fmt::format("{} 回", grouped(finding.count))};
  }
  const Timestamp last = finding.last_seen.value_or(*first);
  std::string period = clock_text(*first);
  const std::string end = clock_text(last);
  if (end == period) {
    return {fmt::format("seen {} UTC, {}", period, times_text(finding.count)),
            fmt::format("{} UTC に観測 ({} 回)", period, grouped(finding.count))};
  }
  return {fmt::format("seen {} to {} UTC, {}", period, end, times_text(finding.count)),
          fmt::format("{} から {} UTC に観測 ({} 回)", period, end, grouped(finding.count))};
}

std::string rule_title(const FindingSummary& finding) {
  if (finding.title.empty() || finding.title == finding.rule) return finding.rule;
  return finding.title + " (" + finding.rule + ")";
}

std::vector<std::string> finding_lines(const FindingSummary& finding, Language language,
                                       std::size_t witnesses) {
  const bool japanese = language == Language::kJapanese;
  std::vector<std::string> lines;
  std::string head = fmt::format("[{}] {}", rating_text(finding.severity).in(language),
                                 shown(rule_title(finding)));
  if (!finding.technique.empty()) head += "  " + shown(finding.technique);
  lines.push_back(std::move(head));
  if (!finding.path.empty()) {
    std::string place = "    " + shown(finding.path);
    if (!finding.schema.empty()) place += " (" + shown(finding.schema) + ")";
    lines.push_back(std::move(place));
  }
  if (!finding.reason.empty()) lines.push_back("    " + visible_text(finding.reason.in(language)));
  const std::size_t count = std::min(witnesses, finding.witnesses.size());
  for (std::size_t i = 0; i < count; ++i) put_witness(lines, finding.witnesses[i], language);
  if (count < finding.witnesses.size()) {
    const std::size_t more = finding.witnesses.size() - count;
    lines.push_back(japanese ? fmt::format("    - ほか {} 件の根拠", more)
                             : fmt::format("    - and {} more reasons", more));
  }
  if (const Bilingual seen = seen_text(finding); !seen.empty()) {
    lines.push_back("    " + seen.in(language));
  }
  if (const std::string origin = origin_text(finding, language); !origin.empty()) {
    lines.push_back((japanese ? "    出所: " : "    from: ") + origin);
  }
  return lines;
}

}  // namespace konseki

#include "agent/cli/match_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/json_writer.h"
#include "agent/report/finding_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

constexpr std::size_t kShownObservations = 5;
constexpr std::size_t kPatternColumns = 300;

std::string second_of(stix::Instant instant) {
  std::string text = stix::to_timestamp(instant).iso8601();
  if (text.substr(19) == ".000000000Z") text.replace(19, 10, "");
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

Bilingual reason_of(const Sighting& sighting) {
  std::string en = fmt::format("{} observations fit the indicator", sighting.observations.size());
  std::string ja = fmt::format("{} 件の観測がインジケータに一致", sighting.observations.size());
  if (sighting.observations.size() == 1) en = "one observation fits the indicator";
  if (sighting.indicator->info.revoked) {
    en += "; the indicator has been revoked";
    ja += "。インジケータは取り消し済み";
  }
  if (sighting.after_valid) {
    en += "; seen after the indicator expired";
    ja += "。インジケータの有効期限後の観測";
  }
  if (sighting.before_valid) {
    en += "; seen before the indicator's valid_from";
    ja += "。インジケータの有効開始前の観測";
  }
  return {std::move(en), std::move(ja)};
}

void put_sighting(std::string& out, const Sighting& sighting, const MatchReport& report,
                  bool japanese) {
  const Indicator& indicator = *sighting.indicator;
  const auto line = [&](std::string_view en, std::string_view ja, std::string_view value) {
    if (value.empty()) return;
    out += fmt::format("  {} {}\n", padded_to(std::string(japanese ? ja : en) + ":", 12),
                       visible_text(value));
  };
  const IndicatorInfo& info = indicator.info;
  const std::string& name = japanese && !info.name_ja.empty() ? info.name_ja : info.name;
  const std::string& title = name.empty() ? info.id : name;
  const Bilingual severity = rating_text(rating_of(severity_name(sighting.severity)));
  out += fmt::format("[{}] {}\n", japanese ? severity.ja : severity.en, visible_text(title));
  if (!name.empty()) line("id", "ID", info.id);
  line("from", "出所", info.source.empty() ? info.file : info.source + " (" + info.file + ")");
  line("marking", "取扱", joined(info.markings));
  line("pattern", "パターン", shortened_to(visible_text(indicator.pattern.text), kPatternColumns));
  line("reason", "理由",
       reason_of(sighting).in(japanese ? Language::kJapanese : Language::kEnglish));
  line("first seen", "最初", second_of(sighting.first_seen));
  line("last seen", "最後", second_of(sighting.last_seen));
  const std::size_t shown = std::min(kShownObservations, sighting.observations.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const stix::Observation& each = report.observations[sighting.observations[i]];
    line("seen in", "観測", fmt::format("{} ({})", each.id, each.origin));
  }
  if (shown < sighting.observations.size()) {
    const std::size_t more = sighting.observations.size() - shown;
    line("", "",
         japanese ? fmt::format("ほか {} 件 (--json で全件)", more)
                  : fmt::format("and {} more (--json lists all)", more));
  }
  out += '\n';
}

void put_problems(std::string& out, const std::vector<InputProblem>& problems, Bilingual title,
                  Language language) {
  if (problems.empty()) return;
  out += fmt::format("{} ({})\n", title.in(language), problems.size());
  for (const InputProblem& each : problems) {
    std::string what = each.id.empty() ? each.file : each.id;
    if (!each.name.empty()) what += " \"" + each.name + "\"";
    // The error of a whole file tells its detail itself.
    if (!each.id.empty() && !each.detail.empty()) what += ": " + each.detail;
    if (!each.id.empty() && !each.id.starts_with(each.file)) what += " (" + each.file + ")";
    out += fmt::format("  {}: {}\n", visible_text(what), visible_text(each.reason.in(language)));
  }
  out += '\n';
}

void json_problems(JsonWriter& json, std::string_view key,
                   const std::vector<InputProblem>& problems) {
  json.key(key);
  json.begin_array();
  for (const InputProblem& each : problems) {
    json.begin_object();
    json.field("file", each.file);
    if (!each.id.empty()) json.field("id", each.id);
    if (!each.name.empty()) json.field("name", each.name);
    if (!each.detail.empty()) json.field("detail", each.detail);
    json.field("reason_ja", each.reason.ja);
    json.field("reason_en", each.reason.en);
    json.end_object();
  }
  json.end_array();
}

void json_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(key);
  json.begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

void json_indicator(JsonWriter& json, const Indicator& indicator) {
  const IndicatorInfo& info = indicator.info;
  json.field("rule", info.id);
  if (!info.name.empty()) json.field("name", info.name);
  if (!info.name_ja.empty()) json.field("name_ja", info.name_ja);
  json.field("origin", info.file);
  if (!info.source.empty()) json.field("source", info.source);
  if (!info.technique.empty()) json.field("technique", info.technique);
  json_list(json, "indicator_types", info.types);
  json_list(json, "labels", info.labels);
  json_list(json, "markings", info.markings);
  if (info.confidence) json.field("confidence", std::int64_t{*info.confidence});
  if (info.valid_from) json.field("valid_from", stix::to_timestamp(*info.valid_from));
  if (info.valid_until) json.field("valid_until", stix::to_timestamp(*info.valid_until));
  json.field("revoked", info.revoked);
  json.field("pattern", indicator.pattern.text);
}

}  // namespace

std::string match_text(const MatchReport& report, Language language, bool counts) {
  const bool japanese = language == Language::kJapanese;
  std::string out;
  for (const Sighting& sighting : report.sightings) put_sighting(out, sighting, report, japanese);
  put_problems(out, report.not_applied,
               {"Indicators that could not be applied", "適用できなかったインジケータ"}, language);
  put_problems(out, report.problems, {"Input that could not be used", "使えなかった入力"},
               language);
  if (!counts) return out;
  out += fmt::format(
      fmt::runtime(japanese ? "検出 {} 件 (インジケータ {} 件を適用、未適用 {} 件、観測 {} 件)\n"
                            : "Found: {} (indicators applied: {}, not applied: {}; observations: "
                              "{})\n"),
      report.sightings.size(), report.indicators, report.not_applied.size(),
      report.observations.size());
  return out;
}

std::string sighting_json(const Sighting& sighting, const MatchReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("severity", severity_name(sighting.severity));
  json.field("score", std::int64_t{sighting.score});
  json_indicator(json, *sighting.indicator);
  json.field("expired", sighting.after_valid);
  json.field("before_valid_from", sighting.before_valid);
  json.field("first_seen", stix::to_timestamp(sighting.first_seen));
  json.field("last_seen", stix::to_timestamp(sighting.last_seen));
  const Bilingual reason = reason_of(sighting);
  json.field("reason_ja", reason.ja);
  json.field("reason_en", reason.en);
  json.key("evidence");
  json.begin_array();
  for (const std::size_t index : sighting.observations) {
    const stix::Observation& each = report.observations[index];
    json.begin_object();
    json.field("observed_data", each.id);
    json.field("file", each.origin);
    json.field("first_observed", stix::to_timestamp(each.first));
    json.field("last_observed", stix::to_timestamp(each.last));
    json.field("number_observed", each.count);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

void write_match_report(JsonWriter& json, const MatchReport& report) {
  json_problems(json, "not_applied", report.not_applied);
  json_problems(json, "problems", report.problems);
  json.field("indicators", std::uint64_t{report.indicators});
  json.field("superseded", std::uint64_t{report.superseded});
  json.field("observations", std::uint64_t{report.observations.size()});
}

}  // namespace konseki

#include "konseki/finding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "agent/base/record_json.h"

namespace konseki {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"info", "low", "medium", "high", "critical"};

void text_unless_empty(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.field(name, value);
}

void write_list(JsonWriter& json, std::string_view name, std::span<const std::string> texts) {
  if (texts.empty()) return;
  json.key(name);
  json.begin_array();
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

void write_observables(JsonWriter& json, std::string_view name,
                       std::span<const Observable> observables) {
  if (observables.empty()) return;
  json.key(name);
  json.begin_array();
  for (const Observable& each : observables) {
    json.begin_object();
    json.field("type", std::string_view(each.type));
    json.field("value", std::string_view(each.value));
    if (each.port != 0) json.field("port", std::uint64_t{each.port});
    json.end_object();
  }
  json.end_array();
}

void write_witness(JsonWriter& json, const Witness& witness) {
  json.begin_object();
  json.field("witness", std::string_view(witness.name));
  json.field("score", std::int64_t{witness.score});
  text_unless_empty(json, "text_en", witness.text.en);
  text_unless_empty(json, "text_ja", witness.text.ja);
  if (!witness.addresses.empty()) {
    json.key("addresses");
    json.begin_array();
    for (const PathSpec& address : witness.addresses) write_path_spec(json, address);
    json.end_array();
  }
  text_unless_empty(json, "excerpt", witness.excerpt);
  json.end_object();
}

// All of a PathSpec that can differ between two subjects.
auto key_of(const PathSpec& spec) {
  const ByteRange range = spec.range.value_or(ByteRange{});
  using Key = std::tuple<const std::string&, const std::string&, const std::vector<std::string>&,
                         const std::string&, const std::string&, const std::string&, std::uint64_t,
                         std::uint64_t>;
  return Key(spec.path, spec.stream, spec.members, spec.snapshot, spec.volume, spec.evidence,
             range.offset, range.length);
}

}  // namespace

std::string_view severity_name(Severity severity) {
  return kNames[static_cast<std::size_t>(severity)];
}

std::optional<Severity> severity_of_name(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Severity>(found - kNames.begin());
}

int combine_scores(std::span<const int> scores) {
  std::vector<int> sorted(scores.begin(), scores.end());
  std::sort(sorted.rbegin(), sorted.rend());
  double product = 1;
  double weight = 1;
  for (const int score : sorted) {
    product *= 1 - std::clamp(score, 0, 100) / 100.0 * weight;
    weight /= 2;
  }
  return static_cast<int>(std::lround(100 * (1 - product)));
}

Severity severity_of_score(int score, std::size_t witnesses) {
  if (score >= 90 && witnesses >= 2) return Severity::kCritical;
  if (score >= 70) return Severity::kHigh;
  if (score >= 30) return Severity::kMedium;
  return score >= 1 ? Severity::kLow : Severity::kInfo;
}

std::string subject_path(const PathSpec& subject) {
  std::string path = subject.path;
  if (!subject.stream.empty()) path += ':' + subject.stream;
  for (const std::string& member : subject.members) path += "//" + member;
  return path;
}

bool comes_before(const Finding& a, const Finding& b) {
  if (a.severity != b.severity) return a.severity > b.severity;
  if (a.score != b.score) return a.score > b.score;
  if (const auto left = key_of(a.subject), right = key_of(b.subject); left != right) {
    return left < right;
  }
  return std::tie(a.matcher, a.rule, a.schema, a.origin) <
         std::tie(b.matcher, b.rule, b.schema, b.origin);
}

std::string finding_json(const Finding& finding) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("severity", severity_name(finding.severity));
  json.field("score", std::int64_t{finding.score});
  json.field("rule", std::string_view(finding.rule));
  json.field("matcher", std::string_view(finding.matcher));
  text_unless_empty(json, "origin", finding.origin);
  text_unless_empty(json, "title", finding.title);
  json.field("technique", std::string_view(finding.technique));
  json.field("path", std::string_view(subject_path(finding.subject)));
  text_unless_empty(json, "schema", finding.schema);
  text_unless_empty(json, "sha256", finding.sha256);
  json.field("reason_en", std::string_view(finding.reason.en));
  json.field("reason_ja", std::string_view(finding.reason.ja));
  json.key("evidence");
  json.begin_array();
  for (const Witness& witness : finding.witnesses) write_witness(json, witness);
  json.end_array();
  if (finding.first_seen) json.field("first_seen", *finding.first_seen);
  if (finding.last_seen) json.field("last_seen", *finding.last_seen);
  json.field("count", finding.count);
  write_list(json, "flags", finding.flags);
  write_list(json, "markings", finding.markings);
  write_observables(json, "listed", finding.listed);
  if (finding.seen != finding.listed) write_observables(json, "seen", finding.seen);
  json.key("source");
  write_path_spec(json, finding.subject);
  json.end_object();
  return out;
}

}  // namespace konseki

#include "agent/pipeline/match_summary.h"

#include <numeric>

namespace konseki {
namespace {

// Names come from matchers and may hold what needs escaping, so they are values, not keys.
void write_counts(JsonWriter& json, std::string_view key,
                  const std::map<std::string, std::uint64_t>& counts) {
  json.key(key);
  json.begin_array();
  for (const auto& [name, count] : counts) {
    json.begin_object();
    json.field("name", std::string_view(name));
    json.field("count", count);
    json.end_object();
  }
  json.end_array();
}

void write_coverage(JsonWriter& json, const MatchCoverage& coverage) {
  json.begin_object();
  json.field("matcher", std::string_view(coverage.matcher));
  write_counts(json, "loaded", coverage.loaded);
  write_counts(json, "looked_at", coverage.looked_at);
  write_counts(json, "not_looked_at", coverage.not_looked_at);
  json.end_object();
}

void write_cut_rule(JsonWriter& json, const CutRule& cut) {
  json.begin_object();
  json.field("matcher", std::string_view(cut.matcher));
  json.field("rule", std::string_view(cut.rule));
  json.field("findings", cut.findings);
  json.field("kept", cut.kept);
  json.end_object();
}

}  // namespace

std::uint64_t MatchSummary::total() const {
  return std::accumulate(findings.begin(), findings.end(), std::uint64_t{0});
}

std::uint64_t MatchSummary::at_least(Severity severity) const {
  return std::accumulate(findings.begin() + static_cast<std::ptrdiff_t>(severity), findings.end(),
                         std::uint64_t{0});
}

void write_match_summary(JsonWriter& json, const MatchSummary& summary) {
  json.begin_object();
  json.key("findings");
  json.begin_object();
  for (std::size_t i = 0; i < summary.findings.size(); ++i) {
    json.field(severity_name(static_cast<Severity>(i)), summary.findings[i]);
  }
  json.end_object();
  json.field("files", summary.files);
  json.field("contents", summary.contents);
  json.field("records", summary.records);
  write_counts(json, "not_read", summary.not_read);
  json.field("gaps", summary.gaps);
  json.field("allowed", summary.allowed);
  json.field("held_down", summary.held_down);
  json.key("matchers");
  json.begin_array();
  for (const MatchCoverage& each : summary.matchers) write_coverage(json, each);
  json.end_array();
  json.key("cut_rules");
  json.begin_array();
  for (const CutRule& each : summary.cut_rules) write_cut_rule(json, each);
  json.end_array();
  json.end_object();
}

}  // namespace konseki

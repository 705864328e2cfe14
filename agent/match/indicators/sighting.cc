#include "agent/match/indicators/sighting.h"

#include <algorithm>
#include <array>

namespace konseki {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"info", "low", "medium", "high", "critical"};
constexpr int kUnstated = 50;  // the middle of "Med" of the STIX confidence scale

bool is_benign(const Indicator& indicator) {
  const auto holds = [](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), "benign") != list.end();
  };
  return holds(indicator.types) || holds(indicator.labels);
}

}  // namespace

std::string_view level_name(FindingLevel severity) {
  return kNames[static_cast<std::size_t>(severity)];
}

std::optional<FindingLevel> level_of_name(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<FindingLevel>(found - kNames.begin());
}

int score_of(const Indicator& indicator) {
  if (indicator.revoked || is_benign(indicator)) return 0;
  return indicator.confidence.value_or(kUnstated);
}

FindingLevel level_of(const Indicator& indicator) {
  const int score = score_of(indicator);
  if (score >= 70) return FindingLevel::kHigh;
  if (score >= 30) return FindingLevel::kMedium;
  return score >= 1 ? FindingLevel::kLow : FindingLevel::kInfo;
}

Sighting make_sighting(const Indicator& indicator, const stix::Match& match,
                       std::span<const stix::Observation> observations) {
  Sighting out;
  out.indicator = &indicator;
  out.observations = match.all;
  out.severity = level_of(indicator);
  out.score = score_of(indicator);
  out.first_seen = observations[match.all.front()].first;
  out.last_seen = observations[match.all.front()].last;
  for (const std::size_t index : match.all) {
    out.first_seen = std::min(out.first_seen, observations[index].first);
    out.last_seen = std::max(out.last_seen, observations[index].last);
  }
  out.before_valid = indicator.valid_from && out.last_seen < *indicator.valid_from;
  out.after_valid = indicator.valid_until && out.first_seen >= *indicator.valid_until;
  return out;
}

}  // namespace konseki

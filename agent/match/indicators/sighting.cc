#include "agent/match/indicators/sighting.h"

#include <algorithm>

namespace konseki {
namespace {

constexpr int kUnstated = 50;  // the middle of "Med" of the STIX confidence scale

bool is_benign(const Indicator& indicator) {
  const auto holds = [](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), "benign") != list.end();
  };
  return holds(indicator.info.types) || holds(indicator.info.labels);
}

}  // namespace

int score_of(const Indicator& indicator) {
  if (indicator.info.revoked || is_benign(indicator)) return 0;
  return indicator.info.confidence.value_or(kUnstated);
}

Severity severity_of(const Indicator& indicator) { return severity_of_score(score_of(indicator)); }

Sighting make_sighting(const Indicator& indicator, const stix::Match& match,
                       std::span<const stix::Observation> observations) {
  Sighting out;
  out.indicator = &indicator;
  out.observations = match.all;
  out.severity = severity_of(indicator);
  out.score = score_of(indicator);
  out.first_seen = observations[match.all.front()].first;
  out.last_seen = observations[match.all.front()].last;
  for (const std::size_t index : match.all) {
    out.first_seen = std::min(out.first_seen, observations[index].first);
    out.last_seen = std::max(out.last_seen, observations[index].last);
  }
  out.before_valid = indicator.info.valid_from && out.last_seen < *indicator.info.valid_from;
  out.after_valid = indicator.info.valid_until && out.first_seen >= *indicator.info.valid_until;
  return out;
}

}  // namespace konseki

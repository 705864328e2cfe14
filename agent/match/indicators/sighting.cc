#include "agent/match/indicators/sighting.h"

#include <algorithm>

namespace konseki {
Sighting make_sighting(const Indicator& indicator, const stix::Match& match,
                       std::span<const stix::Observation> observations) {
  Sighting out;
  out.indicator = &indicator;
  out.observations = match.all;
  out.score = indicator_score(indicator.info);
  out.severity = severity_of_score(out.score);
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

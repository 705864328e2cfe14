// Sighting: an indicator that fits what was observed.
#pragma once

#include <optional>
#include <vector>

#include "agent/match/indicators/indicator.h"
#include "agent/match/stix/matcher.h"
#include "konseki/finding.h"

namespace konseki {

struct Sighting {
  const Indicator* indicator = nullptr;
  std::vector<std::size_t> observations;  // indexes, ascending
  stix::Instant first_seen = 0;
  stix::Instant last_seen = 0;
  Severity severity = Severity::kMedium;
  int score = 50;
  // Everything seen lies outside the time for which the indicator claims to hold. It counts all
  // the same: old infections look so.
  bool before_valid = false;
  bool after_valid = false;
};

// What `match` (not empty) of `indicator` says.
Sighting make_sighting(const Indicator& indicator, const stix::Match& match,
                       std::span<const stix::Observation> observations);

}  // namespace konseki

// Sighting: an indicator that fits what was observed.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "agent/match/indicators/indicator.h"
#include "agent/match/stix/matcher.h"
#include "konseki/text.h"

namespace konseki {

enum class FindingLevel { kInfo, kLow, kMedium, kHigh, kCritical };

// "info", "low", "medium", "high", "critical".
std::string_view level_name(FindingLevel severity);
std::optional<FindingLevel> level_of_name(std::string_view name);

struct Sighting {
  const Indicator* indicator = nullptr;
  std::vector<std::size_t> observations;  // indexes, ascending
  stix::Instant first_seen = 0;
  stix::Instant last_seen = 0;
  FindingLevel severity = FindingLevel::kMedium;
  int score = 50;
  // Everything seen lies outside the time for which the indicator claims to hold. It counts all
  // the same: old infections look so.
  bool before_valid = false;
  bool after_valid = false;
};

// The grade of a finding by `indicator`. STIX knows confidence, not severity: docs/matching.md
// says how one becomes the other.
FindingLevel level_of(const Indicator& indicator);
int score_of(const Indicator& indicator);

// What `match` (not empty) of `indicator` says.
Sighting make_sighting(const Indicator& indicator, const stix::Match& match,
                       std::span<const stix::Observation> observations);

}  // namespace konseki

// The engine: does a pattern fit a set of observations, and by which of them?
#pragma once

#include <span>
#include <vector>

#include "agent/match/stix/observation.h"
#include "agent/match/stix/pattern.h"
#include "konseki/result.h"

namespace konseki::stix {

struct Match {
  // Observations (by index, ascending, each once) that together make the pattern true; empty when
  // it does not fit.
  std::vector<std::size_t> witness;
  // Where the pattern asks for one observation only: every one that fits. Else the witness.
  std::vector<std::size_t> all;

  explicit operator bool() const { return !witness.empty(); }
};

// STIX patterning level 3. Decisions where the specification leaves room are in docs/matching.md.
// Instants are tried one bound of time after another and observations assigned by flow, so that
// time is polynomial in their number for a given pattern; kLimitExceeded after a fixed amount of
// work: then it is not known whether the pattern fits. Pure; safe to call side by side.
Result<Match> match_pattern(const Pattern& pattern, std::span<const Observation> observations);

}  // namespace konseki::stix

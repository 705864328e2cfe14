// Plan: one way in which a pattern can come true: how many distinct observations each of its tests
// needs, and how their times must lie to each other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agent/match/stix/observation.h"
#include "agent/match/stix/pattern.h"
#include "konseki/result.h"

namespace konseki::stix {

// One observation that fits a test, with the instants at which it counts (START, STOP applied).
struct Candidate {
  std::size_t observation = 0;
  Instant first = 0;
  Instant last = 0;
};
using Candidates = std::vector<Candidate>;  // sorted by `first`, then observation

struct Plan {
  enum class Kind {
    kSlot,    // `demand` distinct observations out of `candidates`
    kAll,     // every child
    kOrder,   // every child, and nothing of one earlier than anything of the one before
    kWithin,  // the only child, its latest instant less than `duration` behind its earliest
  };
  Kind kind = Kind::kSlot;
  std::shared_ptr<const Candidates> candidates;
  std::uint64_t demand = 1;
  Instant duration = 0;
  std::vector<Plan> children;
  bool repeats_previous = false;  // an identical copy of the sibling before it
};

// The bounds of one evaluation. Reaching one is an error, never a "no match".
inline constexpr std::size_t kMaxPlans = 4096;        // alternatives of OR, multiplied out
inline constexpr std::size_t kMaxPlanNodes = 1024;    // of one plan
inline constexpr std::size_t kMaxAllNodes = 500'000;  // of all plans together

// Every way, in the order of the pattern; none when some needed test fits no observation. Alone
// standing tests joined by OR become one. kLimitExceeded as above, or from a test.
Result<std::vector<Plan>> make_plans(const Pattern& pattern,
                                     std::span<const Observation> observations);

}  // namespace konseki::stix

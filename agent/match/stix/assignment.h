// Assignment: distinct observations for tests, as a flow in a bipartite graph.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agent/match/stix/plan.h"
#include "konseki/result.h"

namespace konseki::stix {

// A slot of a plan and the instants that the plan's times leave to it (closed).
struct TimedSlot {
  const Candidates* candidates = nullptr;
  const std::vector<Instant>* latest = nullptr;  // greatest `last` of candidates 0 to i
  std::uint64_t demand = 1;
  Instant low = kDistantPast;
  Instant high = kDistantFuture;
};

// Work that one evaluation may still do, in steps of some nanoseconds.
struct WorkBudget {
  std::uint64_t steps = 200'000'000;

  Result<void> spend(std::uint64_t count);
};

// The observations of a complete assignment, each once and ascending; empty when there is none.
// Every observation serves as often as it was seen (`supply`, by index). Time is polynomial in the
// numbers of slots and candidates.
Result<std::vector<std::size_t>> assign(std::span<const TimedSlot> slots,
                                        std::span<const std::uint64_t> supply, WorkBudget& budget);

}  // namespace konseki::stix

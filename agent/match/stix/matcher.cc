#include "agent/match/stix/matcher.h"

#include <algorithm>

#include "agent/match/stix/assignment.h"
#include "agent/match/stix/plan.h"

namespace konseki::stix {
namespace {

// A plan's time constraints as one unknown instant each: the end of a WITHIN window, or the latest
// instant of what stands left of a FOLLOWEDBY. Once all are fixed, every slot has an interval of
// its own, and assign() decides. If there is a solution, there is one in which every unknown, taken
// from the outermost to the innermost, is the first instant of a candidate, or the lower bound that
// the unknowns fixed before leave to its slot: constraints are all lower bounds or differences, so
// that the earliest solution is pushed up only by those. docs/matching.md says it at length.
struct Unknown {
  bool is_window = false;
  std::size_t begin = 0;   // slots: the window's, or those on the left
  std::size_t middle = 0;  // order only: the first slot on the right
  std::size_t end = 0;
  Instant duration = 0;
  // The same unknown of the identical copy before: copies may be taken in the order of theirs.
  std::size_t not_before = kFree;

  static constexpr std::size_t kFree = ~std::size_t{0};
};

class Solver {
 public:
  Solver(const Plan& plan, std::span<const std::uint64_t> supply, WorkBudget& budget)
      : supply_(supply), budget_(budget) {
    flatten(plan);
    for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].latest = &latest_[i];
  }

  Result<std::vector<std::size_t>> solve() { return fix(0, slots_); }

 private:
  void flatten(const Plan& plan) {
    const std::size_t begin = slots_.size();
    if (plan.kind == Plan::Kind::kSlot) {
      slots_.push_back({plan.candidates.get(), nullptr, plan.demand});
      std::vector<Instant>& latest = latest_.emplace_back();
      for (const Candidate& each : *plan.candidates) {
        latest.push_back(latest.empty() ? each.last : std::max(latest.back(), each.last));
      }
      return;
    }
    const std::size_t own = unknowns_.size();
    const std::size_t count = plan.kind == Plan::Kind::kOrder    ? plan.children.size() - 1
                              : plan.kind == Plan::Kind::kWithin ? 1
                                                                 : 0;
    unknowns_.resize(own + count);
    std::size_t previous = Unknown::kFree;
    for (std::size_t i = 0; i < plan.children.size(); ++i) {
      const std::size_t first_unknown = unknowns_.size();
      if (plan.kind == Plan::Kind::kOrder && i > 0) unknowns_[own + i - 1].middle = slots_.size();
      flatten(plan.children[i]);
      const bool has_one = unknowns_.size() > first_unknown;
      if (plan.children[i].repeats_previous && has_one) {
        unknowns_[first_unknown].not_before = previous;
      }
      if (has_one) previous = first_unknown;
    }
    for (std::size_t i = own; i < own + count; ++i) {
      unknowns_[i].begin = begin;
      unknowns_[i].end = slots_.size();
      unknowns_[i].is_window = plan.kind == Plan::Kind::kWithin;
      unknowns_[i].duration = plan.duration;
    }
  }

  // Instants worth trying for `unknown`, ascending.
  Result<std::vector<Instant>> choices(const Unknown& unknown, std::span<const TimedSlot> slots) {
    std::vector<Instant> out;
    const Instant least =
        unknown.not_before == Unknown::kFree ? kDistantPast : fixed_[unknown.not_before];
    const std::size_t end = unknown.is_window ? unknown.end : unknown.middle;
    for (std::size_t i = unknown.begin; i < end; ++i) {
      KONSEKI_TRY(budget_.spend(slots[i].candidates->size()));
      for (const Candidate& each : *slots[i].candidates) {
        const Instant instant = std::max(each.first, slots[i].low);
        if (instant <= std::min(each.last, slots[i].high) && instant >= least) {
          out.push_back(instant);
        }
      }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  static void apply(const Unknown& unknown, Instant instant, std::vector<TimedSlot>& slots) {
    for (std::size_t i = unknown.begin; i < unknown.end; ++i) {
      if (unknown.is_window) {
        slots[i].high = std::min(slots[i].high, instant);
        slots[i].low = std::max(slots[i].low, instant - unknown.duration + 1);
      } else if (i < unknown.middle) {
        slots[i].high = std::min(slots[i].high, instant);
      } else {
        slots[i].low = std::max(slots[i].low, instant);
      }
    }
  }

  // Fixes the unknowns from `index` on. What does not work with the rest left open is not pursued.
  Result<std::vector<std::size_t>> fix(std::size_t index, const std::vector<TimedSlot>& slots) {
    KONSEKI_ASSIGN(auto found, assign(slots, supply_, budget_));
    if (found.empty() || index == unknowns_.size()) return found;
    KONSEKI_ASSIGN(const auto instants, choices(unknowns_[index], slots));
    fixed_.resize(unknowns_.size());
    for (const Instant instant : instants) {
      std::vector<TimedSlot> narrowed = slots;
      apply(unknowns_[index], instant, narrowed);
      fixed_[index] = instant;
      KONSEKI_ASSIGN(auto deeper, fix(index + 1, narrowed));
      if (!deeper.empty()) return deeper;
    }
    return std::vector<std::size_t>{};
  }

  std::span<const std::uint64_t> supply_;
  WorkBudget& budget_;
  std::vector<TimedSlot> slots_;
  std::vector<std::vector<Instant>> latest_;
  std::vector<Unknown> unknowns_;
  std::vector<Instant> fixed_;
};

std::vector<std::size_t> observations_of(const Candidates& candidates) {
  std::vector<std::size_t> all;
  for (const Candidate& each : candidates) all.push_back(each.observation);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

Result<Match> match_pattern(const Pattern& pattern, std::span<const Observation> observations) {
  KONSEKI_ASSIGN(const auto plans, make_plans(pattern, observations));
  std::vector<std::uint64_t> supply;
  for (const Observation& each : observations) supply.push_back(each.count);
  WorkBudget budget;
  for (const Plan& plan : plans) {
    Match match;
    KONSEKI_ASSIGN(match.witness, Solver(plan, supply, budget).solve());
    if (match.witness.empty()) continue;
    match.all = plan.kind == Plan::Kind::kSlot && plan.demand == 1
                    ? observations_of(*plan.candidates)
                    : match.witness;
    return match;
  }
  return Match{};
}

}  // namespace konseki::stix

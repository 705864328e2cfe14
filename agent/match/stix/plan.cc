#include "agent/match/stix/plan.h"

#include <algorithm>
#include <numeric>

#include "agent/match/stix/assignment.h"
#include "agent/match/stix/condition.h"

namespace konseki::stix {
namespace {

using Plans = std::vector<Plan>;

std::size_t node_count(const Plan& plan) {
  return std::accumulate(
      plan.children.begin(), plan.children.end(), std::size_t{1},
      [](std::size_t sum, const Plan& child) { return sum + node_count(child); });
}

bool is_timed(const Plan& plan) {
  return plan.kind == Plan::Kind::kOrder || plan.kind == Plan::Kind::kWithin ||
         std::any_of(plan.children.begin(), plan.children.end(), is_timed);
}

bool is_single(const Plan& plan) { return plan.kind == Plan::Kind::kSlot && plan.demand == 1; }

void collect_slots(const Plan& plan, std::vector<const Plan*>& out) {
  if (plan.kind == Plan::Kind::kSlot) out.push_back(&plan);
  for (const Plan& child : plan.children) collect_slots(child, out);
}

// Every demand `times` as high; false where a demand leaves 64 bits, which no supply can meet.
bool multiply(Plan& plan, std::uint64_t times) {
  if (plan.kind == Plan::Kind::kSlot)
    return !__builtin_mul_overflow(plan.demand, times, &plan.demand);
  return std::all_of(plan.children.begin(), plan.children.end(),
                     [&](Plan& child) { return multiply(child, times); });
}

tl::unexpected<Error> too_many() {
  return fail(
      ErrorCode::kLimitExceeded, "",
      {"OR and REPEATS of the pattern give too many ways to fit; whether it fits is not known.",
       "パターンの OR と REPEATS の組み合わせが多すぎるため、合うかどうか判定できません。"});
}

class Maker {
 public:
  explicit Maker(std::span<const Observation> observations) : observations_(observations) {
    for (const Observation& each : observations) supply_.push_back(each.count);
  }

  Result<Plans> make(const Expression& expression, Instant low, Instant high) {
    // START and STOP bound every instant below them, whatever stands between.
    for (const Qualifier& qualifier : expression.qualifiers) {
      if (qualifier.kind != Qualifier::Kind::kStartStop) continue;
      low = std::max(low, qualifier.start);
      high = std::min(high, qualifier.stop - 1);
    }
    KONSEKI_ASSIGN(Plans plans, unqualified(expression, low, high));
    for (const Qualifier& qualifier : expression.qualifiers) {
      if (qualifier.kind == Qualifier::Kind::kWithin) {
        within(plans, qualifier.duration);
      } else if (qualifier.kind == Qualifier::Kind::kRepeats && qualifier.times > 1) {
        KONSEKI_ASSIGN(plans, repeated(std::move(plans), qualifier.times));
      }
    }
    return plans;
  }

 private:
  Result<Plans> unqualified(const Expression& expression, Instant low, Instant high) {
    switch (expression.kind) {
      case Expression::Kind::kTest:
        return test(expression.test, low, high);
      case Expression::Kind::kOr:
        return any(expression, low, high);
      case Expression::Kind::kAnd:
        return joined(expression, Plan::Kind::kAll, low, high);
      case Expression::Kind::kFollowedBy:
        return joined(expression, Plan::Kind::kOrder, low, high);
    }
    return fail(ErrorCode::kInternal, "expression");
  }

  Result<Plans> test(const Condition& condition, Instant low, Instant high) {
    auto candidates = std::make_shared<Candidates>();
    for (std::size_t i = 0; i < observations_.size(); ++i) {
      const Observation& each = observations_[i];
      const Candidate candidate{i, std::max(low, each.first), std::min(high, each.last)};
      if (candidate.first > candidate.last || each.count == 0) continue;
      KONSEKI_ASSIGN(const bool is_true, fits(condition, each));
      if (is_true) candidates->push_back(candidate);
    }
    if (candidates->empty()) return Plans{};
    sort(*candidates);
    Plan slot;
    slot.candidates = std::move(candidates);
    return Plans{std::move(slot)};
  }

  // Tests that stand alone become one with all their candidates.
  Result<Plans> any(const Expression& expression, Instant low, Instant high) {
    Plans out;
    Candidates united;
    for (const Expression& child : expression.children) {
      KONSEKI_ASSIGN(Plans plans, make(child, low, high));
      for (Plan& plan : plans) {
        if (is_single(plan)) {
          united.insert(united.end(), plan.candidates->begin(), plan.candidates->end());
        } else {
          out.push_back(std::move(plan));
        }
      }
      if (out.size() > kMaxPlans) return too_many();
    }
    if (!united.empty()) {
      sort(united);
      Plan slot;
      slot.candidates = std::make_shared<const Candidates>(std::move(united));
      out.insert(out.begin(), std::move(slot));
    }
    return out;
  }

  Result<Plans> joined(const Expression& expression, Plan::Kind kind, Instant low, Instant high) {
    Plan none;
    none.kind = kind;
    Plans out = {none};
    for (const Expression& child : expression.children) {
      KONSEKI_ASSIGN(const Plans plans, make(child, low, high));
      if (plans.empty()) return Plans{};
      if (out.size() * plans.size() > kMaxPlans) return too_many();
      Plans longer;
      std::size_t nodes = 0;
      for (const Plan& before : out) {
        for (const Plan& plan : plans) {
          longer.push_back(before);
          longer.back().children.push_back(plan);
          const std::size_t count = node_count(longer.back());
          nodes += count;
          if (count > kMaxPlanNodes || nodes > kMaxAllNodes) return too_many();
        }
      }
      out = std::move(longer);
    }
    return out;
  }

  static void within(Plans& plans, Instant duration) {
    for (Plan& plan : plans) {
      if (is_single(plan)) continue;  // one instant lies within any window
      Plan window;
      window.kind = Plan::Kind::kWithin;
      window.duration = duration;
      window.children.push_back(std::move(plan));
      plan = std::move(window);
    }
  }

  // Every way to choose `times` of the plans, order aside.
  Result<Plans> repeated(Plans plans, std::uint64_t times) {
    Plans possible;
    for (Plan& plan : plans) {
      KONSEKI_ASSIGN(const bool enough, supplied(plan, plans.size() == 1 ? times : 1));
      if (enough) possible.push_back(std::move(plan));
    }
    if (possible.empty()) return Plans{};
    Plans out;
    std::vector<std::uint64_t> counts(possible.size(), 0);
    KONSEKI_TRY(choose(possible, 0, times, counts, out));
    return out;
  }

  Result<void> choose(const Plans& plans, std::size_t index, std::uint64_t left,
                      std::vector<std::uint64_t>& counts, Plans& out) {
    if (index + 1 == plans.size()) {
      counts[index] = left;
      return copies(plans, counts, out);
    }
    for (std::uint64_t count = 0; count <= left; ++count) {
      counts[index] = count;
      KONSEKI_TRY(choose(plans, index + 1, left - count, counts, out));
    }
    return {};
  }

  Result<void> copies(const Plans& plans, const std::vector<std::uint64_t>& counts, Plans& out) {
    if (++choices_ > kMaxPlans) return too_many();
    Plan all;
    all.kind = Plan::Kind::kAll;
    std::size_t nodes = 1;
    for (std::size_t i = 0; i < plans.size(); ++i) {
      if (counts[i] == 0) continue;
      if (!is_timed(plans[i])) {
        Plan copy = plans[i];
        if (!multiply(copy, counts[i])) return {};
        all.children.push_back(std::move(copy));
        continue;
      }
      KONSEKI_ASSIGN(const bool enough, supplied(plans[i], counts[i]));
      if (!enough) return {};
      const std::size_t each = node_count(plans[i]);
      if (counts[i] > kMaxPlanNodes / each || (nodes += counts[i] * each) > kMaxPlanNodes) {
        return too_many();
      }
      for (std::uint64_t n = 0; n < counts[i]; ++n) {
        all.children.push_back(plans[i]);
        all.children.back().repeats_previous = n > 0;
      }
    }
    out.push_back(all.children.size() == 1 ? std::move(all.children.front()) : std::move(all));
    return {};
  }

  // Whether `times` of `plan` could find observations if time did not count.
  Result<bool> supplied(const Plan& plan, std::uint64_t times) {
    Plan needed = plan;
    if (!multiply(needed, times)) return false;
    std::vector<const Plan*> parts;
    collect_slots(needed, parts);
    std::vector<TimedSlot> slots;
    std::vector<std::vector<Instant>> latest(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      latest[i].assign(parts[i]->candidates->size(), kDistantFuture);
      slots.push_back({parts[i]->candidates.get(), &latest[i], parts[i]->demand});
    }
    KONSEKI_ASSIGN(const auto found, assign(slots, supply_, budget_));
    return !found.empty();
  }

  static void sort(Candidates& candidates) {
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      return a.first != b.first ? a.first < b.first : a.observation < b.observation;
    });
  }

  std::span<const Observation> observations_;
  std::vector<std::uint64_t> supply_;
  std::size_t choices_ = 0;
  WorkBudget budget_;
};

}  // namespace

Result<std::vector<Plan>> make_plans(const Pattern& pattern,
                                     std::span<const Observation> observations) {
  return Maker(observations).make(pattern.root, kDistantPast, kDistantFuture);
}

}  // namespace konseki::stix

#include "agent/match/stix/assignment.h"

#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>

namespace konseki::stix {
namespace {

class Flow {
 public:
  Flow(std::span<const TimedSlot> slots, std::span<const std::uint64_t> supply, WorkBudget& budget)
      : slots_(slots), supply_(supply), budget_(budget), edges_(slots.size()) {}

  Result<bool> fill() {
    std::uint64_t total = 0;
    for (const TimedSlot& slot : slots_) {
      if (__builtin_add_overflow(total, slot.demand, &total)) return false;
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      KONSEKI_ASSIGN(const bool enough, find_edges(i, total));
      if (!enough) return false;
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      std::uint64_t missing = slots_[i].demand - take_free(i);
      while (missing > 0) {
        KONSEKI_ASSIGN(const std::uint64_t moved, augment(i, missing));
        if (moved == 0) return false;
        missing -= moved;
      }
    }
    return true;
  }

  std::vector<std::size_t> used() const {
    std::vector<std::size_t> all;
    for (const auto& [observation, node] : nodes_) {
      if (node.left < supply_[observation]) all.push_back(observation);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  struct Node {  // an observation
    std::uint64_t left = 0;
    std::size_t offered_to = kNone;              // the last slot that has an edge to it
    std::map<std::size_t, std::uint64_t> given;  // to slot
  };

  // Enough of a slot's candidates: once their supply covers what all slots need together, further
  // ones cannot help, as the others leave enough of these.
  Result<bool> find_edges(std::size_t slot_index, std::uint64_t total) {
    const TimedSlot& slot = slots_[slot_index];
    const Candidates& all = *slot.candidates;
    const auto begin =
        std::lower_bound(slot.latest->begin(), slot.latest->end(), slot.low) - slot.latest->begin();
    std::uint64_t found = 0;
    std::uint64_t looked_at = 1;
    for (auto i = static_cast<std::size_t>(begin); i < all.size() && found < total; ++i) {
      ++looked_at;
      if (all[i].first > slot.high) break;
      if (all[i].last < slot.low) continue;
      const std::size_t observation = all[i].observation;
      auto [node, is_new] = nodes_.try_emplace(observation);
      if (is_new) node->second.left = supply_[observation];
      if (node->second.offered_to == slot_index) continue;  // OR may bring one candidate twice
      node->second.offered_to = slot_index;
      edges_[slot_index].push_back(observation);
      if (__builtin_add_overflow(found, supply_[observation], &found)) found = total;
    }
    KONSEKI_TRY(budget_.spend(looked_at));
    return found >= slot.demand;
  }

  // What the slot can have without moving anything; answers how much that is.
  std::uint64_t take_free(std::size_t slot) {
    std::uint64_t taken = 0;
    for (const std::size_t observation : edges_[slot]) {
      Node& node = nodes_.at(observation);
      const std::uint64_t amount = std::min(node.left, slots_[slot].demand - taken);
      if (amount == 0) continue;
      node.left -= amount;
      node.given[slot] += amount;
      taken += amount;
      if (taken == slots_[slot].demand) break;
    }
    return taken;
  }

  // Breadth first from slot `start` to an observation that has something left, over edges and back
  // over what was given; answers how much could be moved, at most `wanted`.
  Result<std::uint64_t> augment(std::size_t start, std::uint64_t wanted) {
    std::unordered_map<std::size_t, std::size_t> reached_from;  // observation: slot
    std::vector<std::size_t> came_over(slots_.size(), kNone);   // slot: observation
    std::vector<bool> seen(slots_.size(), false);
    std::queue<std::size_t> queue;
    queue.push(start);
    seen[start] = true;
    while (!queue.empty()) {
      const std::size_t slot = queue.front();
      queue.pop();
      KONSEKI_TRY(budget_.spend(edges_[slot].size() + 1));
      for (const std::size_t observation : edges_[slot]) {
        if (!reached_from.try_emplace(observation, slot).second) continue;
        const Node& node = nodes_.at(observation);
        if (node.left > 0) return push(observation, reached_from, came_over, wanted);
        for (const auto& [other, amount] : node.given) {
          if (amount == 0 || seen[other]) continue;
          seen[other] = true;
          came_over[other] = observation;
          queue.push(other);
        }
      }
    }
    return 0;
  }

  // Moves as much as the narrowest place of the way lets through.
  std::uint64_t push(std::size_t end,
                     const std::unordered_map<std::size_t, std::size_t>& reached_from,
                     const std::vector<std::size_t>& came_over, std::uint64_t wanted) {
    std::uint64_t amount = std::min(wanted, nodes_.at(end).left);
    for (std::size_t slot = reached_from.at(end); came_over[slot] != kNone;
         slot = reached_from.at(came_over[slot])) {
      amount = std::min(amount, nodes_.at(came_over[slot]).given.at(slot));
    }
    nodes_.at(end).left -= amount;
    for (std::size_t observation = end;;) {
      const std::size_t slot = reached_from.at(observation);
      nodes_.at(observation).given[slot] += amount;
      if (came_over[slot] == kNone) return amount;
      observation = came_over[slot];
      nodes_.at(observation).given.at(slot) -= amount;
    }
  }

  std::span<const TimedSlot> slots_;
  std::span<const std::uint64_t> supply_;
  WorkBudget& budget_;
  std::vector<std::vector<std::size_t>> edges_;
  std::unordered_map<std::size_t, Node> nodes_;
};

}  // namespace

Result<void> WorkBudget::spend(std::uint64_t count) {
  if (count > steps) {
    steps = 0;
    return fail(
        ErrorCode::kLimitExceeded, "",
        {"Too many ways to combine the observations; whether the pattern fits is not known.",
         "観測の組み合わせが多すぎるため、パターンに合うかどうか判定できません。"});
  }
  steps -= count;
  return {};
}

Result<std::vector<std::size_t>> assign(std::span<const TimedSlot> slots,
                                        std::span<const std::uint64_t> supply, WorkBudget& budget) {
  Flow flow(slots, supply, budget);
  KONSEKI_ASSIGN(const bool complete, flow.fill());
  if (!complete) return std::vector<std::size_t>{};
  return flow.used();
}

}  // namespace konseki::stix

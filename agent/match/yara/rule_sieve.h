// RuleSieve: which rules may fire on a content at all, told without libyara.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/match/yara/needle_search.h"
#include "agent/match/yara/requirement.h"
#include "agent/match/yara/rule_source.h"

namespace konseki::yara {

// A rule by where it stands.
struct RulePlace {
  std::uint32_t source = 0;
  std::uint32_t piece = 0;
};

// Reads the conditions and strings of rule files once. A rule that is not named may not fire;
// answers err on the side of naming. Immutable, thread-safe. The sources outlive it, unchanged.
class RuleSieve {
 public:
  explicit RuleSieve(std::span<const RuleSource> sources);

  // Of one thread.
  class State {
   public:
    explicit State(const RuleSieve& sieve);

   private:
    friend class RuleSieve;
    NeedleSearch::State needles_;
    std::vector<bool> found_;  // strings
    std::vector<bool> asked_;  // rules
  };

  // True when the rule may fire on contents in which none of its known strings stands.
  bool may_fire_without_strings(RulePlace rule, const Circumstances& known) const;

  // One content in any number of blocks, which overlap by NeedleSearch::kLongest - 1 bytes.
  void begin(State& state) const;
  void look(State& state, std::span<const std::byte> block) const {
    needles_.look(block, state.needles_);
  }
  // Calls `use(place)` for each rule that may fire. `residual` names those that may fire without
  // strings under these circumstances. False where the content made this too costly to tell.
  bool rules_of(State& state, const Circumstances& known, std::span<const RulePlace> residual,
                const std::function<void(RulePlace)>& use) const;

  std::size_t needles() const { return needles_.size(); }

 private:
  struct Rule {
    RulePlace place;
    const Requirement* requirement = nullptr;  // null: it is not used
    std::uint32_t first_string = 0;
  };

  std::uint32_t rule_at(RulePlace place) const { return first_rule_[place.source] + place.piece; }
  template <class Found>
  bool holds(std::uint32_t rule, const Circumstances& known, const Found& found,
             unsigned depth) const;

  NeedleSearch needles_;
  std::vector<std::vector<std::uint32_t>> strings_of_needle_;
  std::vector<std::uint32_t> rule_of_string_;
  std::vector<bool> always_;               // strings of which no needle is known
  std::vector<Rule> rules_;                // one a piece, whatever it is
  std::vector<std::uint32_t> first_rule_;  // by source
  std::vector<std::unordered_map<std::string_view, std::uint32_t>> names_;  // by source
  std::vector<std::vector<std::uint32_t>> named_by_;  // rules whose condition names the rule
};

}  // namespace konseki::yara

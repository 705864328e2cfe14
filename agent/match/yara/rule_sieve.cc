#include "agent/match/yara/rule_sieve.h"

#include <map>

namespace konseki::yara {
namespace {

constexpr unsigned kMaxDepth = 30;  // of rules that name rules

}  // namespace

RuleSieve::State::State(const RuleSieve& sieve)
    : needles_(sieve.needles_), found_(sieve.always_), asked_(sieve.rules_.size()) {}

RuleSieve::RuleSieve(std::span<const RuleSource> sources) {
  std::map<Needle, std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const RuleSource& source = sources[i];
    const auto& pieces = source.rules.pieces;
    first_rule_.push_back(static_cast<std::uint32_t>(rules_.size()));
    names_.emplace_back();
    for (std::uint32_t j = 0; j < pieces.size(); ++j) {
      Rule rule{{i, j}, nullptr, static_cast<std::uint32_t>(rule_of_string_.size())};
      const auto number = static_cast<std::uint32_t>(rules_.size());
      if (source.usable && !source.left_out[j] && pieces[j].kind == RulePiece::Kind::kRule) {
        rule.requirement = &pieces[j].requirement;
        names_.back().emplace(pieces[j].name, number);
        for (const RuleString& string : pieces[j].strings) {
          const auto string_number = static_cast<std::uint32_t>(rule_of_string_.size());
          rule_of_string_.push_back(number);
          always_.push_back(string.needles.empty());
          for (const Needle& needle : string.needles) {
            const auto [at, is_new] = numbers.try_emplace(needle, 0);
            if (is_new) {
              at->second = needles_.add(needle);
              strings_of_needle_.emplace_back();
            }
            strings_of_needle_[at->second].push_back(string_number);
          }
        }
      }
      rules_.push_back(rule);
    }
    named_by_.resize(rules_.size());
    for (std::uint32_t j = 0; j < pieces.size(); ++j) {
      for (const std::string& word : pieces[j].condition) {
        const auto other = names_.back().find(word);
        if (other != names_.back().end()) {
          named_by_[other->second].push_back(first_rule_.back() + j);
        }
      }
    }
  }
  needles_.seal();
}

template <class Found>
bool RuleSieve::holds(std::uint32_t number, const Circumstances& known, const Found& found,
                      unsigned depth) const {
  const Rule& rule = rules_[number];
  if (rule.requirement == nullptr) return false;
  if (depth > kMaxDepth) return true;
  return may_hold(
      *rule.requirement, known,
      [&](std::uint32_t string) { return found[rule.first_string + string]; },
      [&](const std::string& name) {
        const auto& names = names_[rule.place.source];
        const auto other = names.find(name);
        return other == names.end() || holds(other->second, known, found, depth + 1);
      });
}

bool RuleSieve::may_fire_without_strings(RulePlace rule, const Circumstances& known) const {
  return holds(rule_at(rule), known, always_, 0);
}

void RuleSieve::begin(State& state) const { state.needles_.reset(); }

bool RuleSieve::rules_of(State& state, const Circumstances& known,
                         std::span<const RulePlace> residual,
                         const std::function<void(RulePlace)>& use) const {
  if (state.needles_.overloaded()) return false;
  std::vector<std::uint32_t> strings;
  std::vector<std::uint32_t> rules;
  const auto ask = [&](std::uint32_t rule) {
    if (state.asked_[rule]) return;
    state.asked_[rule] = true;
    rules.push_back(rule);
  };
  for (const std::uint32_t needle : state.needles_.found()) {
    for (const std::uint32_t string : strings_of_needle_[needle]) {
      if (state.found_[string]) continue;
      state.found_[string] = true;
      strings.push_back(string);
      ask(rule_of_string_[string]);
    }
  }
  for (const RulePlace place : residual) ask(rule_at(place));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const std::uint32_t other : named_by_[rules[i]]) ask(other);
  }
  for (const std::uint32_t rule : rules) {
    if (holds(rule, known, state.found_, 0)) use(rules_[rule].place);
  }
  for (const std::uint32_t string : strings) state.found_[string] = false;
  for (const std::uint32_t rule : rules) state.asked_[rule] = false;
  return true;
}

}  // namespace konseki::yara

#include "agent/artifact/pattern_trie.h"

#include <algorithm>

#include "agent/artifact/glob.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

// Keeps `states` in order of node, with the longest reach of each.
void merge(PatternStates& states, PatternState state) {
  auto place = std::lower_bound(states.begin(), states.end(), state,
                                [](const auto& a, const auto& b) { return a.node < b.node; });
  if (place == states.end() || place->node != state.node) {
    states.insert(place, state);
  } else {
    place->levels_left = std::max(place->levels_left, state.levels_left);
  }
}

}  // namespace

std::uint32_t PatternTrie::append_node() {
  nodes_.emplace_back();
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t PatternTrie::child(std::uint32_t node, const PatternSegment& segment) {
  const std::string text = case_blind_ ? fold_case(segment.text) : segment.text;
  auto find_in = [&](auto& list, const auto& key) {
    auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.first == key; });
    return found == list.end() ? std::uint32_t{0} : found->second;
  };
  switch (segment.kind) {
    case PatternSegment::Kind::kLiteral: {
      if (auto found = nodes_[node].literals.find(text); found != nodes_[node].literals.end()) {
        return found->second.node;
      }
      const std::uint32_t added = append_node();
      nodes_[node].literals.emplace(text, Literal{segment.text, added});
      return added;
    }
    case PatternSegment::Kind::kGlob: {
      if (auto found = find_in(nodes_[node].globs, text)) return found;
      const std::uint32_t added = append_node();
      nodes_[node].globs.emplace_back(text, added);
      return added;
    }
    case PatternSegment::Kind::kGlobstar:
      break;
  }
  if (auto found = find_in(nodes_[node].globstars, segment.depth)) return found;
  const std::uint32_t added = append_node();
  nodes_[added].is_globstar = true;
  nodes_[node].globstars.emplace_back(segment.depth, added);
  return added;
}

void PatternTrie::add(std::span<const PatternSegment> segments, PatternTarget target) {
  std::uint32_t node = 0;
  for (const PatternSegment& segment : segments) node = child(node, segment);
  if (case_blind_) target.stream = fold_case(target.stream);
  nodes_[node].targets.push_back(std::move(target));
}

PatternStates PatternTrie::advance(const PatternStates& states, std::string_view name) const {
  PatternStates next;
  for (const PatternState& state : states) {
    const Node& node = nodes_[state.node];
    if (auto literal = node.literals.find(name); literal != node.literals.end()) {
      merge(next, {literal->second.node, 0});
    }
    for (const auto& [glob, child] : node.globs) {
      if (glob_matches(glob, name)) merge(next, {child, 0});
    }
    for (const auto& [depth, child] : node.globstars) merge(next, {child, depth - 1});
    if (state.levels_left > 0) merge(next, {state.node, state.levels_left - 1});
  }
  return next;
}

bool PatternTrie::leads_on(const PatternStates& states) const {
  return std::any_of(states.begin(), states.end(), [&](const PatternState& state) {
    const Node& node = nodes_[state.node];
    return state.levels_left > 0 || !node.literals.empty() || !node.globs.empty() ||
           !node.globstars.empty();
  });
}

std::optional<std::vector<std::string>> PatternTrie::literal_names(
    const PatternStates& states) const {
  std::map<std::string_view, std::string_view> names;  // folded: spelling
  for (const PatternState& state : states) {
    const Node& node = nodes_[state.node];
    if (state.levels_left > 0 || !node.globs.empty() || !node.globstars.empty()) {
      return std::nullopt;
    }
    for (const auto& [folded, literal] : node.literals) names.emplace(folded, literal.spelling);
  }
  std::vector<std::string> spellings;
  for (const auto& [folded, spelling] : names) spellings.emplace_back(spelling);
  return spellings;
}

PatternStates PatternTrie::without_globstars(const PatternStates& states) const {
  PatternStates kept;
  for (const PatternState& state : states) {
    if (!nodes_[state.node].is_globstar) kept.push_back(state);
  }
  return kept;
}

}  // namespace konseki

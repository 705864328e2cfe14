// PatternTrie: every path pattern of a run in one tree, matched segment by segment in one walk.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/artifact/name_expression.h"
#include "agent/artifact/path_pattern.h"

namespace konseki {

// What a pattern is for.
struct PatternTarget {
  std::uint32_t artifact = 0;  // the caller's number of a definition
  bool content = false;        // FILE: the bytes; else that it exists
  bool digest = false;         // PATH: read for its digests
  bool exact = false;          // the last segment is a literal: names this one thing
  std::string stream;          // alternate stream wanted (a glob); empty: the main one
  std::optional<NameExpression> expression;  // must be found in the name
  std::uint64_t min_size = 0;
  std::uint64_t max_size = 0;  // 0: none
};

// Where in the trie a path of the walk stands.
struct PatternState {
  std::uint32_t node = 0;
  std::uint32_t levels_left = 0;  // of a globstar that may take further segments
};
using PatternStates = std::vector<PatternState>;  // by node, each once

class PatternTrie {
 public:
  // Case-blind tries fold the patterns; callers then give folded names to advance().
  explicit PatternTrie(bool case_blind) : case_blind_(case_blind), nodes_(1) {}

  bool case_blind() const { return case_blind_; }
  void add(std::span<const PatternSegment> segments, PatternTarget target);

  PatternStates start() const { return {{0, 0}}; }
  // The states after one more segment; empty when no pattern leads there.
  PatternStates advance(const PatternStates& states, std::string_view name) const;

  // True when some pattern goes below these states.
  bool leads_on(const PatternStates& states) const;
  // The names that alone can come next, in order; nothing when a wild card asks for a listing.
  std::optional<std::vector<std::string>> literal_names(const PatternStates& states) const;
  // Those states that did not come out of a globstar.
  PatternStates without_globstars(const PatternStates& states) const;

  template <class Visit>
  void for_each_target(const PatternStates& states, const Visit& visit) const {
    for (const PatternState& state : states) {
      for (const PatternTarget& target : nodes_[state.node].targets) visit(target);
    }
  }

 private:
  struct Literal {
    std::string spelling;  // as the first pattern wrote it
    std::uint32_t node;
  };
  struct Node {
    std::map<std::string, Literal, std::less<>> literals;
    std::vector<std::pair<std::string, std::uint32_t>> globs;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> globstars;  // depth, node
    std::vector<PatternTarget> targets;
    bool is_globstar = false;
  };
  std::uint32_t child(std::uint32_t node, const PatternSegment& segment);
  std::uint32_t append_node();

  bool case_blind_;
  std::vector<Node> nodes_;
};

}  // namespace konseki

#include "collectors/windows/base/key_match.h"

#include <algorithm>

#include "agent/base/unicode.h"

namespace konseki::windows {
namespace {

constexpr int kDefaultLevels = 10;

// One pattern that is still alive at a key: the next segment to match, and for a '**N' there how
// many levels it may still take.
struct State {
  std::size_t pattern = 0;
  std::size_t segment = 0;
  int levels_left = 0;

  auto operator<=>(const State&) const = default;
};

struct Walk {
  std::span<const KeyPattern> patterns;
  const KeyVisitor& visit;
  const KeyDamageHandler& damaged;

  State state_at(std::size_t pattern, std::size_t segment) const {
    const auto segments = patterns[pattern].segments();
    return {pattern, segment, segment < segments.size() ? segments[segment].levels : 0};
  }

  // What is alive at a child of that name.
  std::vector<State> advance(const std::vector<State>& states, const std::string& folded) const {
    std::vector<State> next;
    for (const State& state : states) {
      const auto segments = patterns[state.pattern].segments();
      if (state.segment == segments.size()) continue;
      const auto& segment = segments[state.segment];
      if (segment.levels > 0) {
        next.push_back(state_at(state.pattern, state.segment + 1));
        if (state.levels_left > 1) {
          next.push_back({state.pattern, state.segment, state.levels_left - 1});
        }
      } else if (glob_matches(segment.folded, folded)) {
        next.push_back(state_at(state.pattern, state.segment + 1));
      }
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    return next;
  }

  void at(const RegistryKey& key, const std::string& path, const std::vector<State>& states) const {
    std::vector<std::size_t> matched;
    bool deeper = false;
    for (const State& state : states) {
      if (state.segment < patterns[state.pattern].segments().size()) {
        deeper = true;
      } else {
        matched.push_back(state.pattern);
      }
    }
    matched.erase(std::unique(matched.begin(), matched.end()), matched.end());
    if (!matched.empty()) visit(key, path, matched);
    if (!deeper) return;
    if (key.damaged()) damaged(path, {ErrorCode::kCorrupt, "list of subkeys is damaged", {}});
    for (std::size_t i = 0; i < key.subkey_count(); ++i) {
      auto child = key.subkey(i);
      if (!child) {
        damaged(path, child.error());
        if (child.error().code == ErrorCode::kLimitExceeded) return;
        continue;
      }
      const std::vector<State> next = advance(states, fold_case((*child)->name()));
      if (next.empty()) continue;
      at(**child, path.empty() ? (*child)->name() : path + "\\" + (*child)->name(), next);
    }
  }
};

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      next_code_point(text, t);
      ++p;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      next_code_point(text, star_text);
      t = star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

KeyPattern::KeyPattern(std::string_view path) {
  while (!path.empty()) {
    const std::string_view text = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), text.size() + 1));
    if (text.empty()) continue;
    Segment segment;
    if (text.starts_with("**")) {
      const std::string_view number = text.substr(2);
      segment.levels = kDefaultLevels;
      if (number.size() == 1 && number[0] >= '1' && number[0] <= '9') {
        segment.levels = number[0] - '0';
      }
    } else {
      segment.folded = fold_case(text);
    }
    segments_.push_back(std::move(segment));
  }
}

void match_keys(const RegistryKey& root, std::span<const KeyPattern> patterns,
                const KeyVisitor& visit, const KeyDamageHandler& damaged) {
  const Walk walk{patterns, visit, damaged};
  std::vector<State> states;
  for (std::size_t i = 0; i < patterns.size(); ++i) states.push_back(walk.state_at(i, 0));
  walk.at(root, "", states);
}

Record damaged_key(const RecordSchema& schema, std::string_view mount, const std::string& path,
                   const Error& error) {
  Record record(schema);
  record.status = ParseStatus::kCorrupt;
  record.note = std::string(mount).append("\\").append(path).append(": ").append(error.detail);
  return record;
}

}  // namespace konseki::windows

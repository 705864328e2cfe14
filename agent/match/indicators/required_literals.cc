#include "agent/match/indicators/required_literals.h"

#include <algorithm>
#include <array>

namespace konseki {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kMostTexts = 32;  // alternatives kept; more say nothing
constexpr std::size_t kLongest = 64;    // of one text that is still built up
constexpr int kDeepest = 50;            // groups in groups

// What is known of a part of an expression.
struct Known {
  std::optional<Texts> exact;   // all that it can be
  std::optional<Texts> needed;  // one of these is in it
};

Known anything() { return {}; }
Known exactly(std::string text) { return {Texts{std::move(text)}, {}}; }

std::size_t shortest(const Texts& texts) {
  std::size_t size = SIZE_MAX;
  for (const std::string& text : texts) size = std::min(size, text.size());
  return texts.empty() ? 0 : size;
}

// Folders and endings that paths of every host are full of: they pass over next to nothing.
constexpr auto kEverywhere = std::to_array<std::string_view>({
    ".dll",
    ".exe",
    "appdata",
    "common files",
    "drivers",
    "home",
    "local",
    "local settings",
    "microsoft",
    "program files",
    "program files (x86)",
    "programdata",
    "programs",
    "public",
    "roaming",
    "share",
    "start menu",
    "startup",
    "system32",
    "syswow64",
    "temp",
    "users",
    "windows",
});

// How rarely a text occurs where none of the rest of its expression does, from its length alone.
std::size_t rarity(std::string_view text) {
  if (std::ranges::find(kEverywhere, text) != kEverywhere.end()) return kShortestLiteral;
  return std::min<std::size_t>(text.size(), 8);
}

// The rarer the commonest of them the better; then the fewer.
bool is_better(const Texts& a, const Texts& b) {
  const auto commonest = [](const Texts& texts) {
    std::size_t least = texts.empty() ? 0 : SIZE_MAX;
    for (const std::string& text : texts) least = std::min(least, rarity(text));
    return least;
  };
  const std::size_t left = commonest(a), right = commonest(b);
  return left != right ? left > right : a.size() < b.size();
}

std::optional<Texts> better(std::optional<Texts> a, std::optional<Texts> b) {
  if (!a) return b;
  if (!b || !is_better(*b, *a)) return a;
  return b;
}

// What must occur of a part of which `known` is all.
std::optional<Texts> needed_of(const Known& known) {
  std::optional<Texts> exact = known.exact;
  if (exact && shortest(*exact) < kShortestLiteral) exact.reset();
  return better(std::move(exact), known.needed);
}

void unite(Texts& into, const Texts& from) {
  for (const std::string& text : from) {
    if (std::find(into.begin(), into.end(), text) == into.end()) into.push_back(text);
  }
}

// Parts one after another, from left to right.
class Sequence {
 public:
  void add(Known part) {
    if (part.exact && run_) {
      Texts longer;
      for (const std::string& before : *run_) {
        for (const std::string& after : *part.exact) longer.push_back(before + after);
      }
      const bool fits = longer.size() <= kMostTexts &&
                        std::all_of(longer.begin(), longer.end(),
                                    [](const std::string& t) { return t.size() <= kLongest; });
      if (fits) {
        needed_ = better(std::move(needed_), std::move(part.needed));
        run_ = std::move(longer);
        return;
      }
    }
    end_run();
    whole_ = false;
    needed_ = better(std::move(needed_), std::move(part.needed));
    run_ = part.exact ? std::move(part.exact) : Texts{std::string()};
    if (run_->size() > kMostTexts) run_ = Texts{std::string()};
  }

  Known finish() {
    if (whole_) return {run_, needed_};
    end_run();
    return {std::nullopt, needed_};
  }

 private:
  void end_run() {
    if (run_ && shortest(*run_) >= kShortestLiteral) {
      needed_ = better(std::move(needed_), std::move(run_));
    }
    run_ = Texts{std::string()};
  }

  std::optional<Texts> run_ = Texts{std::string()};
  std::optional<Texts> needed_;
  bool whole_ = true;  // run_ is everything so far
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  explicit Reader(std::string_view pattern) : in_(pattern) {}

  std::optional<Texts> run() {
    const Known known = alternatives(0);
    if (bad_ || at_ != in_.size()) return std::nullopt;
    return needed_of(known);
  }

 private:
  Known alternatives(int depth) {
    if (depth > kDeepest) return give_up();
    std::optional<Known> out;
    while (!bad_) {
      const Known branch = sequence(depth);
      if (!out) {
        out = branch;
      } else {
        out = either(*out, branch);
      }
      if (peek() != '|' || at_ >= in_.size()) break;
      ++at_;
    }
    return out.value_or(anything());
  }

  static Known either(const Known& a, const Known& b) {
    Known out;
    if (a.exact && b.exact) {
      out.exact = a.exact;
      unite(*out.exact, *b.exact);
      if (out.exact->size() > kMostTexts) out.exact.reset();
    }
    auto left = needed_of(a);
    const auto right = needed_of(b);
    if (left && right) {
      unite(*left, *right);
      if (left->size() <= kMostTexts) out.needed = std::move(left);
    }
    return out;
  }

  Known sequence(int depth) {
    Sequence out;
    while (!bad_ && at_ < in_.size() && in_[at_] != '|' && in_[at_] != ')') {
      out.add(repeated(atom(depth)));
    }
    return out.finish();
  }

  // A part with what stands behind it: ?, *, +, {n,m}, each perhaps with ? or +.
  Known repeated(Known part) {
    const char c = at_ < in_.size() ? in_[at_] : '\0';
    bool may_be_absent = false;
    bool once_at_most = false;
    if (c == '?') {
      may_be_absent = once_at_most = true;
      ++at_;
    } else if (c == '*') {
      may_be_absent = true;
      ++at_;
    } else if (c == '+') {
      ++at_;
    } else if (c == '{' && at_ + 1 < in_.size() && is_digit(in_[at_ + 1])) {
      const std::size_t close = in_.find('}', at_);
      if (close == std::string_view::npos) return give_up();
      may_be_absent = in_[at_ + 1] == '0';
      at_ = close + 1;
    } else if (c == '{') {
      return give_up();  // a literal brace for some, an error for others
    } else {
      return part;
    }
    if (at_ < in_.size() && (in_[at_] == '?' || in_[at_] == '+')) ++at_;
    if (at_ < in_.size() && (in_[at_] == '*' || in_[at_] == '{')) return give_up();
    if (may_be_absent) {
      if (!once_at_most || !part.exact) return anything();
      unite(*part.exact, Texts{std::string()});
      return {part.exact, std::nullopt};
    }
    return {std::nullopt, needed_of(part)};
  }

  Known atom(int depth) {
    const char c = in_[at_++];
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        return character_class();
      case '\\':
        return escape();
      case '.':
        return anything();
      case '^':
      case '$':
        return exactly({});
      case '*':
      case '+':
      case '?':
        return give_up();
      default:
        return character(c);
    }
  }

  static Known character(char c) {
    if (c == '/' || (c & 0x80) != 0) return anything();
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return exactly(std::string(1, c));
  }

  Known group(int depth) {
    bool is_empty = false;  // look-around: says nothing that we use
    if (peek() == '*') return give_up();
    if (peek() == '?') {
      ++at_;
      const std::string_view rest = in_.substr(at_);
      if (rest.starts_with(":") || rest.starts_with(">")) {
        ++at_;
      } else if (rest.starts_with("=") || rest.starts_with("!")) {
        is_empty = true;
        ++at_;
      } else if (rest.starts_with("<=") || rest.starts_with("<!")) {
        is_empty = true;
        at_ += 2;
      } else if (rest.starts_with("P<") || rest.starts_with("<")) {
        const std::size_t close = in_.find('>', at_);
        if (close == std::string_view::npos) return give_up();
        at_ = close + 1;
      } else {
        // Flags: only those that change nothing here, as everything is compared folded.
        while (at_ < in_.size() && (in_[at_] == 'i' || in_[at_] == 's' || in_[at_] == 'm')) ++at_;
        if (peek() == ')' && at_ < in_.size()) {
          ++at_;
          return exactly({});
        }
        if (peek() != ':') return give_up();
        ++at_;
      }
    }
    const Known inner = alternatives(depth + 1);
    if (at_ >= in_.size() || in_[at_] != ')') return give_up();
    ++at_;
    return is_empty ? exactly({}) : inner;
  }

  Known character_class() {
    Texts members;
    bool is_plain = true;
    if (peek() == '^') {
      is_plain = false;
      ++at_;
    }
    for (bool first = true;; first = false) {
      if (at_ >= in_.size()) return give_up();
      char c = in_[at_++];
      if (c == ']' && !first) break;
      if (c == '[' && at_ < in_.size() && (in_[at_] == ':' || in_[at_] == '.' || in_[at_] == '=')) {
        const std::size_t close = in_.find(":]", at_);
        if (close == std::string_view::npos || in_[at_] != ':') return give_up();
        at_ = close + 2;
        is_plain = false;
        continue;
      }
      if (c == '\\') {
        if (at_ >= in_.size()) return give_up();
        c = in_[at_++];
        const bool is_word = is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (c == 'Q' || c == 'E') return give_up();
        if (is_word || c == '\\') is_plain = false;
      }
      if (peek() == '-' && at_ + 1 < in_.size() && in_[at_ + 1] != ']') is_plain = false;
      if (const Known one = character(c); one.exact) {
        unite(members, *one.exact);
      } else {
        is_plain = false;
      }
    }
    constexpr std::size_t kMostMembers = 4;
    if (!is_plain || members.empty() || members.size() > kMostMembers) return anything();
    return {std::move(members), std::nullopt};
  }

  Known escape() {
    if (at_ >= in_.size()) return give_up();
    const char c = in_[at_++];
    switch (c) {
      case 'b':
      case 'B':
      case 'A':
      case 'z':
      case 'Z':
        return exactly({});
      case 'd':
      case 'D':
      case 'w':
      case 'W':
      case 's':
      case 'S':
      case 'n':
      case 'r':
      case 't':
      case 'f':
      case '\\':
        return anything();
      default:
        break;
    }
    if (is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) return give_up();
    return character(c);
  }

  Known give_up() {
    bad_ = true;
    return anything();
  }
  char peek() const { return at_ < in_.size() ? in_[at_] : '\0'; }

  std::string_view in_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

std::optional<Texts> one_of(const std::string& text) {
  if (text.size() < kShortestLiteral) return std::nullopt;
  return Texts{text};
}

// The longest run of `text` that has no character for which `breaks` holds.
template <class Breaks>
std::optional<Texts> longest_run(std::string_view text, Breaks breaks) {
  std::string best;
  std::string run;
  for (const char c : text) {
    if (c == '/' || c == '\\' || (c & 0x80) != 0 || breaks(c)) {
      if (run.size() > best.size()) best = run;
      run.clear();
    } else {
      run.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    }
  }
  return one_of(run.size() > best.size() ? run : best);
}

// Bytes behind _bin and _hex are compared decoded.
bool is_encoded(const stix::ObjectPath& path) {
  return std::any_of(path.steps.begin(), path.steps.end(), [](const stix::PathStep& step) {
    return step.key.ends_with("_bin") || step.key.ends_with("_hex");
  });
}

std::optional<Texts> literals_of_comparison(const stix::Comparison& comparison) {
  if (comparison.negated || is_encoded(comparison.path)) return std::nullopt;
  Texts out;
  for (const stix::Literal& value : comparison.values) {
    if (value.kind != stix::Literal::Kind::kText) return std::nullopt;
    std::optional<Texts> of_value;
    if (comparison.op == stix::Operator::kEqual || comparison.op == stix::Operator::kIn) {
      of_value = literals_of_text(value.text);
    } else if (comparison.op == stix::Operator::kLike) {
      of_value = literals_of_like(value.text);
    } else if (comparison.op == stix::Operator::kMatches) {
      of_value = literals_of_regex(value.text);
    }
    if (!of_value) return std::nullopt;
    unite(out, *of_value);
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<Texts> literals_of_regex(std::string_view pattern) { return Reader(pattern).run(); }

std::optional<Texts> literals_of_like(std::string_view pattern) {
  return longest_run(pattern, [](char c) { return c == '%' || c == '_'; });
}

std::optional<Texts> literals_of_text(std::string_view text) {
  return longest_run(text, [](char) { return false; });
}

std::optional<Texts> literals_of_condition(const stix::Condition& condition) {
  if (condition.kind == stix::Condition::Kind::kComparison) {
    return literals_of_comparison(condition.comparison);
  }
  const bool is_or = condition.kind == stix::Condition::Kind::kOr;
  std::optional<Texts> out;
  for (const stix::Condition& child : condition.children) {
    auto literals = literals_of_condition(child);
    if (!is_or) {
      out = better(std::move(out), std::move(literals));
    } else if (!literals) {
      return std::nullopt;
    } else if (!out) {
      out = std::move(literals);
    } else {
      unite(*out, *literals);
    }
  }
  return out;
}

}  // namespace konseki

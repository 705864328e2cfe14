// Pattern: a STIX pattern as a tree (STIX 2.1, section 9). Values only; pattern_parser.h makes one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/match/stix/instant.h"
#include "agent/match/stix/ip_network.h"
#include "agent/match/stix/text_pattern.h"

namespace konseki::stix {

enum class Version { k20, k21 };

struct PathStep {
  enum class Kind { kKey, kIndex, kAny };
  Kind kind = Kind::kKey;
  std::string key;         // kKey, quotes removed
  std::int64_t index = 0;  // kIndex
};

// file:hashes.'SHA-256': steps are never empty and begin with a key.
struct ObjectPath {
  std::string type;
  std::vector<PathStep> steps;
};

struct Literal {
  enum class Kind { kInteger, kFloat, kBoolean, kText, kInstant, kBinary };
  Kind kind = Kind::kInteger;
  std::int64_t integer = 0;
  double real = 0;
  bool boolean = false;
  std::string text;  // kText: UTF-8; kBinary: bytes
  Instant instant = 0;
  std::string written;  // as in the pattern, for showing
};

enum class Operator {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kLike,
  kMatches,
  kSubset,
  kSuperset,
  kExists,
};

struct Comparison {
  ObjectPath path;
  Operator op = Operator::kEqual;
  bool negated = false;
  // One, but none for kExists and any number for kIn; those of a set of texts are sorted.
  std::vector<Literal> values;
  std::shared_ptr<const TextPattern> text_pattern;  // kLike, kMatches
  std::optional<IpNetwork> network;                 // kSubset, kSuperset; none: no network
};

// What stands between [ and ].
struct Condition {
  enum class Kind { kComparison, kAnd, kOr };
  Kind kind = Kind::kComparison;
  Comparison comparison;            // kComparison
  std::vector<Condition> children;  // else; at least two
};

struct Qualifier {
  enum class Kind { kWithin, kRepeats, kStartStop };
  Kind kind = Kind::kWithin;
  Instant duration = 0;  // kWithin; positive, rounded up to the nanosecond
  std::uint64_t times = 0;
  Instant start = 0;
  Instant stop = 0;  // exclusive
  std::string written;
};

struct Expression {
  enum class Kind { kTest, kAnd, kOr, kFollowedBy };
  Kind kind = Kind::kTest;
  Condition test;                     // kTest
  std::vector<Expression> children;   // else; at least two
  std::vector<Qualifier> qualifiers;  // the innermost first
};

struct Pattern {
  std::string text;
  Version version = Version::k21;
  Expression root;
};

// "=", "!=", ..., "EXISTS".
std::string_view operator_name(Operator op);

// Whether some [ ] can never be true: AND joins comparisons that share no object type, though all
// comparisons of one [ ] start from the same object (section 9.6), or what stands behind ISSUBSET
// or ISSUPERSET is no network.
bool holds_impossible_test(const Pattern& pattern);

}  // namespace konseki::stix

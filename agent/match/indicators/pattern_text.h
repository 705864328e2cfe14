// STIX patterns written from other forms of indicators, and simple ones taken apart into atoms.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/atom.h"
#include "agent/match/stix/pattern.h"
#include "konseki/result.h"

namespace konseki {

// 'text' with quotes, escaped as a string literal of STIX patterning.
std::string quoted_text(std::string_view text);

// `text` as a regular expression that fits exactly it.
std::string regex_of_text(std::string_view text);

// One node of a condition. A leaf says its comparison; `atom` where one atom says the same.
struct PatternNode {
  enum class Kind { kTest, kAnd, kOr };
  Kind kind = Kind::kTest;
  std::string type;  // kTest: the object type that `text` speaks of
  std::string text;  // kTest: "file:name = 'x'"; empty where only `atom` can say it
  std::optional<Atom> atom;
  std::string id;  // of the item it was made from; may be empty
  std::vector<PatternNode> children;
};

// Comparisons of one object type under AND speak of one object and share a [ ]; others are joined
// between brackets. kInvalidArgument for a node without any comparison.
Result<stix::Pattern> pattern_of_tree(const PatternNode& root);

// "[file:name = 'x']" and the like for an atom; nothing where STIX has no object for it.
std::optional<std::string> pattern_text_of_atom(const Atom& atom);

// The atoms that say the same as `pattern`; nothing where atoms cannot: docs/indicators.md lists
// the object paths. One [ ] of comparisons with = or IN joined by OR, without qualifiers.
std::optional<std::vector<Atom>> atoms_of_pattern(const stix::Pattern& pattern);

// The kind of atom for a property of a STIX object: "file:hashes.MD5". `property` is written as in
// a pattern, without quotes.
std::optional<AtomType> atom_type_of_path(std::string_view type, std::string_view property);

}  // namespace konseki

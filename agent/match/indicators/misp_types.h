// Attribute types of MISP (core format, describeTypes) and what becomes of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/atom.h"
#include "konseki/result.h"

namespace konseki {

// What one attribute asks to look for: atoms (any one is a hit), a STIX pattern as text, or the
// text of a YARA rule.
struct MispTarget {
  std::vector<Atom> atoms;
  std::string pattern;
  std::string yara;
};

// Errors: kUnsupported for a type that is not looked for, kInvalidArgument where the value is not
// what the type says; detail and reason are fit for IndicatorSink::refuse.
Result<MispTarget> misp_target(std::string_view type, std::string_view value);

// Whether the type is one of those that MISP marks for detection by itself, for attributes that do
// not say.
bool is_misp_detection_type(std::string_view type);

// The kind of atom that a type stands for alone: for columns of CSV that use the same words.
std::optional<AtomType> misp_atom_type(std::string_view type);

}  // namespace konseki

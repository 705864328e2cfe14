// CybOX 2 objects as conditions.
#pragma once

#include <functional>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <string_view>

#include "agent/match/indicators/field_test.h"

namespace konseki {

struct CyboxProperty {
  std::string_view object;   // "FileObject": the part of the namespace URI between '#' and '-'
  std::string_view element;  // local names below Properties: "Header/From/Address_Value"
  Field field;
};

// All properties that are applied; docs/indicators.md shows them.
std::span<const CyboxProperty> cybox_properties();

// Finds what an object_reference names, or nothing.
using CyboxLookup = std::function<pugi::xml_node(std::string_view id)>;

// The condition that all of `properties` (an element with xsi:type) state together. A file with
// digests is known by any of these alone. Errors: kUnsupported for an object that is not applied
// or a condition on a property that is not (named in the detail), kInvalidArgument for values that
// are not what they should be.
Result<PatternNode> cybox_node(const pugi::xml_node& properties, const CyboxLookup& lookup);

}  // namespace konseki

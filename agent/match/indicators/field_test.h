// One property of one object under one condition, as OpenIOC and CybOX state them, in the words of
// STIX patterning and, where it is simple enough, as an atom.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/match/indicators/pattern_text.h"
#include "konseki/result.h"

namespace konseki {

enum class FieldKind : std::uint8_t {
  kText,
  kExact,   // text that is compared as it is: digests, addresses
  kNumber,  // decimal or 0x...; "[a TO b]" is a range
  kTime,
  kFileName,
  kWholePath,  // folder and name of a file together; `path` is the object: "file"
  kFolder,
};

struct Field {
  std::string_view path;  // "file:hashes.MD5"; empty where STIX has no object for it
  FieldKind kind = FieldKind::kText;
  std::optional<AtomType> atom = std::nullopt;  // that equality stands for
};

enum class FieldCondition : std::uint8_t {
  kIs,
  kContains,
  kStartsWith,
  kEndsWith,
  kMatches,
  kGreater,
  kLess,
  kGreaterEqual,
  kLessEqual,
};

struct FieldTest {
  FieldCondition condition = FieldCondition::kIs;
  bool negated = false;
  bool case_sensitive = false;
};

// Errors: kInvalidArgument where the value is not what the field holds (with the reason why),
// kUnsupported where the condition has no meaning for it.
Result<PatternNode> field_node(const Field& field, const FieldTest& test, std::string_view value);

}  // namespace konseki

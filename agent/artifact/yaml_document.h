// YAML texts as plain trees: the one adapter of yaml-cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMap };

  Kind kind = Kind::kNull;
  std::uint32_t line = 0;       // from 1, in the whole text
  std::string key;              // of a member of a map
  std::string text;             // of a scalar
  std::vector<YamlNode> items;  // of a sequence, or the members of a map in order

  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_map() const { return kind == Kind::kMap; }
  const YamlNode* find(std::string_view name) const;  // a map's member, or null
};

// One document of a text, or why it is none.
struct YamlDocument {
  YamlNode root;
  std::string error;  // empty when sound; technical English
  std::uint32_t error_line = 0;
};

// Every document that is not empty, in order. They are told apart by their "---" lines before any
// parsing, so that an error in one does not touch the next. Bounded: 16 MiB a text, 1 MiB a
// document, 32 levels, 100,000 nodes a document (aliases count as what they repeat); members of a
// map must have distinct scalar keys. Never throws. Pure.
std::vector<YamlDocument> parse_yaml(std::string_view text);

}  // namespace konseki

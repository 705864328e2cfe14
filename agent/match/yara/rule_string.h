// RuleString: a string of a rule, and the texts of which one occurs wherever it is found.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/yara/file_head.h"
#include "agent/match/yara/rule_lexer.h"

namespace konseki::yara {

// Shorter ones stand in nearly every file.
inline constexpr std::size_t kShortestNeedle = 4;

struct Needle {
  std::string bytes;
  bool any_case = false;  // letters of ASCII in either case

  auto operator<=>(const Needle&) const = default;
};

struct RuleString {
  std::string name;  // without its mark; empty where the rule gives none
  // One of them occurs in every content in which libyara can find the string. Empty: not known.
  std::vector<Needle> needles;
  FileHead head;  // that it asks for when it stands at 0
};

// What follows a string's definition: "nocase", "wide", "xor" ...
struct StringModifiers {
  bool any_case = false;
  bool wide = false;
  bool ascii = false;
  bool base64 = false;
  bool base64_wide = false;
  bool xored = false;
  bool other = false;  // an alphabet of its own, or what this does not know
};

// `definition`: the text with its quotes, the expression with its flags, or the inside of a hex
// string's braces. Says less than the string, never more.
RuleString rule_string(std::string_view name, const Token& definition, bool is_hex,
                       const StringModifiers& modifiers);

}  // namespace konseki::yara

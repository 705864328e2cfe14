// RuleText: the rules of one file, told apart without compiling it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/yara/requirement.h"

namespace konseki::yara {

// One rule, import or include, with the bytes it takes.
struct RulePiece {
  enum class Kind { kRule, kImport, kInclude };
  Kind kind = Kind::kRule;
  std::string name;  // of the rule or module; the path of an include
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint32_t line = 0;
  std::uint32_t last_line = 0;
  bool is_private = false;
  bool is_global = false;
  std::vector<RuleString> strings;
  Requirement requirement;             // what must be so for the rule to fire
  std::vector<std::string> condition;  // the words of its condition, each once
  std::vector<std::string> compared;   // words that are compared with text there
};

struct RuleText {
  std::vector<RulePiece> pieces;
  // False when the file could not be told apart (a string or brace that does not end, a word out
  // of place): it compiles whole or not at all, and `trouble_line` says where.
  bool sound = true;
  std::uint32_t trouble_line = 0;
  // True when a condition counts rules ("any of (suspicious_*)"): none may be left out then.
  bool counts_rules = false;

  std::size_t rule_count() const;
};

RuleText split_rules(std::string_view text);

// `text` with these pieces overwritten by spaces; lines keep their numbers.
std::string without_pieces(std::string_view text, const RuleText& rules,
                           const std::vector<bool>& left_out);

}  // namespace konseki::yara

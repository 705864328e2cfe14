// RuleSource: one rule file on its way into the compiler, and what becomes of its rules.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/match/yara/rule_text.h"
#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki::yara {

// A rule file that the caller has read: source text, or compiled rules (told by content).
struct RuleFile {
  std::string name;    // as the user knows it: a path, or "yara-rules/<topic>/<file>"
  std::string bytes;   // its content
  std::string folder;  // include may reach files below it only; empty: include is refused
};

// Reads a file that a rule file includes; `path` lies below RuleFile::folder.
using IncludeReader = std::function<Result<std::string>(const std::string& path)>;

// A rule or a whole file that was left out, or a note about one that was not.
struct RuleProblem {
  std::string file;
  std::uint32_t line = 0;  // 0: the file as a whole
  std::string rule;        // empty: the file as a whole
  bool left_out = true;    // false: a note, the rules are used
  Bilingual reason;

  std::string describe(Language language) const;  // "file:12: rule: reason"
};

// A source file and which of its pieces are used.
struct RuleSource {
  RuleFile file;
  RuleText rules;
  std::vector<bool> left_out;  // one a piece
  bool usable = true;

  // Pieces to leave out so that the `wanted` ones stay, with what they need: imports, global rules
  // and the rules that they name.
  std::vector<bool> left_out_but(std::vector<bool> wanted) const;
};

RuleSource make_rule_source(RuleFile file);

// Where an include goes: `name` as written, relative to the folder of `including`; empty when it
// would leave `folder`, is absolute or names another volume. Pure.
std::string include_path(std::string_view folder, std::string_view including,
                         std::string_view name);

}  // namespace konseki::yara

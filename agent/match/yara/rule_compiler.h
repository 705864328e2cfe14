// RuleCompiler: source texts into libyara's rules; what does not compile is named and left out.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "agent/base/handles/yara.h"
#include "agent/match/yara/rule_source.h"

namespace konseki::yara {

// One text of a compilation, in the order given.
struct CompilerInput {
  const RuleSource* source = nullptr;
  std::string text;
};

// The first error of a compilation.
struct CompilerError {
  std::size_t input = 0;    // which of the inputs
  bool in_include = false;  // in a file that the input includes
  std::uint32_t line = 0;
  std::string rule;  // empty outside of rules
  std::string message;
};

class RuleCompiler {
 public:
  // Outlived by `read_include`, which may be empty.
  explicit RuleCompiler(const IncludeReader& read_include) : read_include_(read_include) {}

  // Names of rules anywhere: such a name is never declared as an external variable, for it would
  // hide the rule.
  void reserve(std::set<std::string> rule_names) { reserved_ = std::move(rule_names); }

  // The rules of all inputs, each in the namespace of its file; null and `error` when one fails.
  YaraRulesHandle compile(std::span<const CompilerInput> inputs,
                          std::optional<CompilerError>& error) const;

  // Leaves out of `source` what does not compile, until the rest does. A global rule, or a file
  // whose rules count each other, is left out as a whole: without it others would mean more. A
  // name that is only compared with text and that nobody declares becomes an empty external.
  void mend(RuleSource& source, std::vector<RuleProblem>& problems);

 private:
  const IncludeReader& read_include_;
  std::set<std::string> reserved_;
  std::set<std::string> extra_;  // external variables beside external_names()
};

// The names that Konseki declares for conditions, all text.
std::span<const char* const> external_names();

}  // namespace konseki::yara

// RuleCompiler: source texts into libyara's rules; what does not compile is named and left out.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
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
  const RuleSource* source = nullptr;  // null: all of them together
  bool in_include = false;             // in a file that the source includes
  std::uint32_t line = 0;
  std::string rule;  // empty outside of rules
  std::string message;
  bool stopped = false;  // libyara crashed or hung
};

// Called inside the fence where a file is about to be compiled: the seam at which tests put faults.
using BeforeCompile = std::function<void(const RuleFile&)>;

struct RuleCompilerOptions {
  // How long libyara may be busy with one file, and with what follows the last one; longer where
  // there is much text.
  std::chrono::milliseconds patience{30'000};
  BeforeCompile before_compile = {};  // for tests
};

// libyara runs behind a fence (agent/base/fence.h): where it crashes or does not come back, the
// compilation fails, and what it was using stays behind unused. After kMostStops of those no
// further file is tried.
class RuleCompiler {
 public:
  static constexpr std::size_t kMostStops = 20;

  // Outlived by `read_include`, which may be empty.
  explicit RuleCompiler(const IncludeReader& read_include, RuleCompilerOptions options = {})
      : read_include_(read_include), options_(std::move(options)) {}

  // Names of rules anywhere: such a name is never declared as an external variable, for it would
  // hide the rule.
  void reserve(std::set<std::string> rule_names) { reserved_ = std::move(rule_names); }

  // The rules of all inputs, each in the namespace of its file; null and `error` when one fails.
  YaraRulesHandle compile(std::vector<CompilerInput> inputs,
                          std::optional<CompilerError>& error) const;

  // Leaves out of `source` what does not compile, until the rest does. A global rule, or a file
  // whose rules count each other, is left out as a whole: without it others would mean more. A
  // name that is only compared with text and that nobody declares becomes an empty external.
  // A file that stops libyara is left out as a whole.
  void mend(RuleSource& source, std::vector<RuleProblem>& problems);

  // Leaves out `source` as a whole for what `error` says, on a try with others.
  static void leave_out(RuleSource& source, const CompilerError& error,
                        std::vector<RuleProblem>& problems);

  std::size_t stops() const { return stops_; }

 private:
  struct Session;

  void run(Session& session) const;

  const IncludeReader& read_include_;
  const RuleCompilerOptions options_;
  mutable std::atomic<std::size_t> stops_ = 0;
  std::set<std::string> reserved_;
  std::set<std::string> extra_;  // external variables beside external_names()
};

// The names that Konseki declares for conditions, all text.
std::span<const char* const> external_names();

}  // namespace konseki::yara

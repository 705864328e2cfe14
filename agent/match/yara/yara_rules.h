// YaraRules: every rule of a run, from any number of files, with what was left out and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/match/yara/requirement.h"
#include "agent/match/yara/rule_compiler.h"
#include "agent/match/yara/rule_set.h"
#include "agent/match/yara/rule_sieve.h"
#include "agent/match/yara/rule_source.h"
#include "konseki/artifact.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki::yara {

// One file's rules, for lists.
struct RuleFileCount {
  std::string name;
  std::size_t rules = 0;  // in use
  std::size_t left_out = 0;
  bool compiled = false;  // was compiled before
};

// Chooses, for each content, the smallest ready set of rules that gives the same answers as all of
// them: a sieve (rule_sieve.h) tells which rules may fire at all, and most contents meet none.
// Thread-safe after load().
class YaraRules {
 public:
  ~YaraRules();

  // Every file is used as far as it goes: what does not compile is in problems(). Only the
  // library itself failing is an error. `read_include` is kept and may be called while scanning.
  static Result<std::shared_ptr<YaraRules>> load(std::vector<RuleFile> files,
                                                 IncludeReader read_include = {},
                                                 RuleCompilerOptions options = {});

  std::size_t rule_count() const;  // in use
  std::size_t left_out_count() const;
  const std::vector<RuleFileCount>& files() const { return files_; }
  const std::vector<RuleProblem>& problems() const { return problems_; }

  // What one thread keeps between contents.
  class Choice;
  struct DeleteChoice {
    void operator()(Choice* choice) const;
  };
  using ChoiceHandle = std::unique_ptr<Choice, DeleteChoice>;
  ChoiceHandle make_choice() const;

  // The rule sets to run over a content; none where no rule can fire. Valid as long as this object.
  std::vector<const RuleSet*> sets_for(Choice& choice, std::span<const std::byte> content) const;
  // The same of content that is scanned in blocks; errors are the reader's.
  Result<std::vector<const RuleSet*>> sets_for(Choice& choice, ByteReader& content) const;
  // The same of the memory of a process; blocks may overlap, else rules meet each on its own.
  Result<std::vector<const RuleSet*>> sets_for(Choice& choice, ByteReader& memory,
                                               std::span<const ByteRange> blocks) const;
  // Those that hold every rule.
  std::vector<const RuleSet*> all_sets() const;

  // Off: every content meets every rule. For measurements and tests.
  void set_sieve(bool on) { sieve_on_ = on; }

 private:
  struct Smaller;

  YaraRules(IncludeReader read_include, RuleCompilerOptions options);
  void add_compiled(RuleFile file);
  void compile_sources(std::vector<RuleFile> files);
  void prepare_sieve();
  std::vector<const RuleSet*> chosen(Choice& choice, std::size_t kind, const Circumstances& known,
                                     std::uint64_t size) const;
  const RuleSet* set_for(std::size_t kind, const std::vector<RulePlace>& rules,
                         std::uint64_t size) const;
  std::unique_ptr<RuleSet> compile_some(const std::vector<std::vector<bool>>& marks) const;

  IncludeReader read_include_;
  RuleCompiler compiler_;
  std::vector<RuleSource> sources_;
  std::vector<RuleFileCount> files_;
  std::vector<RuleProblem> problems_;
  std::unique_ptr<RuleSet> full_;  // of all source files; null when there are none
  std::vector<std::unique_ptr<RuleSet>> compiled_;
  bool sieve_on_ = true;
  std::unique_ptr<Smaller> smaller_;
};

// Our own rules as load() takes them.
std::vector<RuleFile> rule_files(std::span<const NamedText> texts);

}  // namespace konseki::yara

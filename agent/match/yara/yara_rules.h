// YaraRules: every rule of a run, from any number of files, with what was left out and why.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "agent/match/yara/rule_compiler.h"
#include "agent/match/yara/rule_set.h"
#include "agent/match/yara/rule_source.h"
#include "konseki/artifact.h"
#include "konseki/result.h"

namespace konseki::yara {

// One file's rules, for lists.
struct RuleFileCount {
  std::string name;
  std::size_t rules = 0;  // in use
  std::size_t left_out = 0;
  bool compiled = false;  // was compiled before
};

// Which files a narrowed set of rules is for. Files of one class begin alike and are alike large.
struct FileClass {
  std::uint8_t head = 0;
  std::uint8_t size = 0;

  auto operator<=>(const FileClass&) const = default;
};

// Thread-safe after load(). A rule set is made smaller for a class of files by leaving out rules
// whose guard says that they cannot fire there, so that answers never change. That costs a
// compilation, so it is done when enough bytes of that class have passed to pay for it.
class YaraRules {
 public:
  // Every file is used as far as it goes: what does not compile is in problems(). Only the
  // library itself failing is an error. `read_include` is kept and may be called while scanning.
  static Result<std::shared_ptr<YaraRules>> load(std::vector<RuleFile> files,
                                                 IncludeReader read_include = {});

  std::size_t rule_count() const;  // in use
  std::size_t left_out_count() const;
  const std::vector<RuleFileCount>& files() const { return files_; }
  const std::vector<RuleProblem>& problems() const { return problems_; }

  // The rule sets to run over a file that begins with `head` (its first bytes, four at least where
  // it has them) and has `size` bytes. Valid as long as this object.
  std::vector<const RuleSet*> sets_for(std::span<const std::byte> head, std::uint64_t size) const;
  // Those that hold every rule.
  std::vector<const RuleSet*> all_sets() const;

  // Off: every file meets every rule. For measurements and tests.
  void set_narrowing(bool on) { narrowing_ = on; }

 private:
  struct Narrowed;

  explicit YaraRules(IncludeReader read_include);
  void add_compiled(RuleFile file);
  void compile_sources(std::vector<RuleFile> files);
  FileClass class_of(std::span<const std::byte> head, std::uint64_t size) const;
  const RuleSet* set_of_class(FileClass which, std::uint64_t size) const;
  std::unique_ptr<RuleSet> narrow(FileClass which) const;
  std::vector<bool> unfit_pieces(const RuleSource& source, FileClass which) const;

  IncludeReader read_include_;
  RuleCompiler compiler_;
  std::vector<RuleSource> sources_;
  std::vector<RuleFileCount> files_;
  std::vector<RuleProblem> problems_;
  std::vector<FileHead> asked_heads_;  // that any guard asks for, beside MZ and ELF
  std::unique_ptr<RuleSet> full_;      // of all source files; null when there are none
  std::vector<std::unique_ptr<RuleSet>> compiled_;
  bool narrowing_ = true;
  std::unique_ptr<Narrowed> narrowed_;
};

// Our own rules as load() takes them.
std::vector<RuleFile> rule_files(std::span<const NamedText> texts);

}  // namespace konseki::yara

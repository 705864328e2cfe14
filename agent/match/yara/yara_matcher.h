// YaraMatcher: YARA rules over every file that is read.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/match/yara/yara_rules.h"
#include "agent/match/yara/yara_scanner.h"
#include "konseki/matcher.h"

namespace konseki::yara {

struct YaraOptions {
  int file_seconds = 30;                            // for one file and one rule set
  std::uint64_t max_size = std::uint64_t{4} << 30;  // larger files are not looked into
  BeforeScan before_scan = {};                      // for tests
};

// Findings: rule is the rule's name, origin the file it stands in, title its description; score,
// severity and technique from its meta and tags (rule_meta.h); one witness a string with its
// places. docs/yara.md says what is passed over and how that is counted.
class YaraMatcher : public Matcher {
 public:
  explicit YaraMatcher(std::shared_ptr<const YaraRules> rules, YaraOptions options = {});
  ~YaraMatcher() override;

  std::string_view name() const override { return "yara"; }
  void begin(const MatchContext& context) override;
  bool wants_content(const MatchFile& file) const override;
  void match_content(const MatchFile& file, ByteReader& content, FindingSink& sink) override;
  // Conditions see all blocks of a process together, as with "yara PID".
  void match_memory(const MatchProcess& process, ByteReader& memory, FindingSink& sink) override;
  MatchCoverage coverage() const override;

 private:
  struct Worker;
  class Lease;

  bool pass_over(const MatchFile& file);
  void scan(const MatchFile& file, std::span<const std::byte> head, ByteReader& content,
            FindingSink& sink);
  // True where libyara crashed too often to be called any more; says so once.
  bool has_given_up(FindingSink& sink);
  // Counts what `scanner` failed with, by its reason.
  void count_failure(const YaraScanner& scanner, const Error& error);
  void say_gap(const MatchFile& file, const Error& error, FindingSink& sink);
  void count_looked_at(const ScanOutcome& outcome);
  void count_gap(const std::string& reason);

  std::shared_ptr<const YaraRules> rules_;
  YaraOptions options_;
  HostFacts host_;

  mutable std::mutex mutex_;  // of all below
  std::vector<std::unique_ptr<Worker>> idle_;
  MatchCoverage coverage_;
  unsigned crashes_ = 0;
  bool told_of_giving_up_ = false;
};

// One finding of a rule; `file` gives subject and digest.
Finding finding_of(const RuleHit& hit, const MatchFile& file,
                   const std::vector<std::string>& console);

}  // namespace konseki::yara

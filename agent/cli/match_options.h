// The options by which rules and indicators reach the verbs, and what they name.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/cli/arguments.h"
#include "agent/cli/indicator_files.h"
#include "agent/match/miner/miner_data.h"
#include "agent/match/yara/yara_rules.h"
#include "agent/pipeline/match_stage.h"
#include "konseki/finding.h"

namespace konseki {

struct MatchSettings {
  std::vector<std::string> indicators;  // files or folders
  std::vector<std::string> rules;       // YARA rule files and folders, beside our own
  std::vector<std::string> allow;       // allow lists
  std::string kit;                      // folder of a rescue kit that may hold more; empty: none
  std::vector<std::string> miner_data;  // files and folders that replace what is compiled in
  std::vector<std::string> known_good;  // lists of digests, NSRL databases
  bool trust_packages = false;          // --known-good packages
  bool archives = true;                 // look into them
  bool into_bundles = false;            // look into bundles of ours among them
  bool checks = true;                   // the built-in matchers
  std::optional<Severity> fail_on;      // exit code 10 from this severity on
};

// --indicators, --rules, --allow, --miner-data, --known-good, --into-bundles, --no-archives,
// --no-checks and --fail-on.
std::vector<OptionSpec> match_options();

// kInvalidArgument for words that make no sense; opens nothing.
Result<MatchSettings> read_match_settings(const Arguments& arguments);

// What the settings name, read once and used for any number of runs.
class MatchArms {
 public:
  // Errors name the file. `indicators`: what the settings name, where it has been read already.
  static Result<MatchArms> load(const MatchSettings& settings,
                                std::optional<LoadedIndicators> indicators = std::nullopt);

  const LoadedIndicators& indicators() const { return indicators_; }

  // Fresh matchers for one run. Not active() when there is nothing to look for. `collected`: when
  // the evidence was taken, which is when live state was seen; absent where nobody knows.
  Result<std::unique_ptr<MatchStage>> stage(const std::optional<Timestamp>& collected) const;

 private:
  bool checks_ = true;
  std::shared_ptr<const MinerData> miners_;
  AllowList allowed_;
  LoadedIndicators indicators_;
  std::shared_ptr<const yara::YaraRules> rules_;  // null: none
  std::shared_ptr<const KnownGood> known_good_;   // null: none
  bool trust_packages_ = false;
  bool archives_ = true;
  bool into_bundles_ = false;
};

// Adds the list in the file and answers its text; the error names file and line.
Result<std::string> read_allow_list(const std::string& path, AllowList& list);

// Files of miner data by name ("miner-pools.tsv") and text: a file, or those in a folder. What is
// wrong in them is told with file and line.
Result<std::vector<std::pair<std::string, std::string>>> read_miner_data(
    const std::vector<std::string>& paths);

// True when a finding reaches --fail-on.
bool reaches(const MatchSettings& settings, const MatchSummary& summary);

}  // namespace konseki

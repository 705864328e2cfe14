// The options by which rules and indicators reach the verbs, and what they name.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/cli/arguments.h"
#include "agent/pipeline/match_stage.h"
#include "konseki/finding.h"

namespace konseki {

struct MatchSettings {
  std::vector<std::string> allow;   // allow lists
  std::vector<std::string> rules;   // YARA rule files and folders, beside our own
  bool checks = true;               // the built-in matchers
  std::optional<Severity> fail_on;  // exit code 10 from this severity on
};

// --rules, --allow, --no-checks and --fail-on.
std::vector<OptionSpec> match_options();

// kInvalidArgument for words that make no sense; opens nothing.
Result<MatchSettings> read_match_settings(const Arguments& arguments);

// Reads what the settings name. Not active() when there is nothing to look for. Errors name the
// file.
Result<std::unique_ptr<MatchStage>> make_match_stage(const MatchSettings& settings);

// True when a finding reaches --fail-on.
bool reaches(const MatchSettings& settings, const MatchSummary& summary);

}  // namespace konseki

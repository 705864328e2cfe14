// CollectSettings: what the command line of konseki collect asks for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/arguments.h"
#include "agent/cli/case_options.h"
#include "agent/cli/key_options.h"
#include "agent/cli/match_options.h"
#include "agent/cli/secret_input.h"
#include "agent/pipeline/collection_request.h"

namespace konseki {

// Nothing by itself: for collecting only what --artifact, --include or --files name.
inline constexpr std::string_view kNoProfile = "none";

// Everything the options say, checked. Sizes are in bytes.
struct CollectSettings {
  std::string source;
  std::string output;
  std::string profile;
  std::vector<std::string> artifacts;
  std::vector<std::string> include;
  std::vector<std::string> definition_paths;
  std::string kit;  // its folder; empty: none
  std::optional<FilesMode> files;
  std::optional<SnapshotChoice> snapshots;
  std::optional<std::uint64_t> max_file_size;
  MatchSettings match;
  Limits limits;
  std::optional<std::uint64_t> part_size;
  bool low_priority = true;
  CaseFile case_fields;
  AgeTargets targets;
  std::optional<SigningKey> signing_key;
  Unlocker unlocker;
  bool environment = false;
  bool scan_processes = false;
  std::optional<std::chrono::seconds> command_time;  // absent: run nothing
  std::optional<Timestamp> clock_reference;
  bool allow_output_on_source = false;
  bool cross_all = false;
  bool quiet = false;
};

const Usage& collect_usage();

// kInvalidArgument with advice where an option makes no sense. Reads key files and asks for
// passphrases, after everything else was found right.
Result<CollectSettings> read_collect_settings(const Arguments& arguments, Language language);

}  // namespace konseki

// CollectionRequest: what one run is asked to do.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/pipeline/limits.h"
#include "agent/pipeline/listing.h"
#include "agent/pipeline/match_stage.h"
#include "konseki/artifact.h"

namespace konseki {

struct CollectionRequest {
  const DefinitionSet* definitions = nullptr;  // not owned
  const KnowledgeBase* knowledge = nullptr;    // not owned
  Profile profile;                             // its artifacts include those asked for by hand
  FilesMode files = FilesMode::kNone;          // every other file of every volume
  Limits limits;
  bool include_environment = false;
  // The memory of the source's processes is shown to `matches`.
  bool scan_processes = false;
  // Runs the programs that COMMAND definitions name, each at most this long; absent: they are
  // noted and not run.
  std::optional<std::chrono::seconds> command_time;
  std::string own_output;  // path of the file we write, which the source leaves out; may be empty
  std::string evidence;    // PathSpec::evidence of every record
  std::optional<std::uint64_t> free_space;  // bytes that the output may take
  MatchStage* matches = nullptr;            // not owned; null: nobody looks for anything
};

}  // namespace konseki

// Collection: one run over one source, from the most volatile to the least, into one bundle.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "agent/pipeline/counts.h"
#include "agent/pipeline/limits.h"
#include "agent/pipeline/listing.h"
#include "agent/pipeline/match_stage.h"
#include "konseki/artifact.h"
#include "konseki/bundle.h"
#include "konseki/observer.h"
#include "konseki/source.h"

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

struct CollectionResult {
  Counts counts;
  bool interrupted = false;  // by the user
  bool out_of_time = false;  // by limits.max_time
  std::optional<ClockState> clock_end;
  std::optional<MatchSummary> matching;  // where somebody looked
};

// Runs the request. Trouble with evidence becomes rows and audit entries; the only errors are
// those of writing the bundle, which then is not sealed. `stop` ends the run early and in order:
// what is there stays valid and may be sealed.
Result<CollectionResult> run_collection(Source& source, BundleWriter& writer,
                                        const CollectionRequest& request, Observer& observer,
                                        std::stop_token stop);

// The trailer of the manifest: counts, end, clock at the end, what was matched.
std::string trailer_json(const CollectionResult& result, int exit_code);

}  // namespace konseki

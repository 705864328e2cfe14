// Matching over an earlier collection, exactly as over the host it came from.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/pipeline/limits.h"
#include "agent/pipeline/match_stage.h"
#include "konseki/bundle.h"
#include "konseki/observer.h"
#include "konseki/source.h"

namespace konseki {

class PackageDatabase;

// Nothing is owned.
struct BundleMatchParts {
  BundleReader& bundle;                       // safe to use from several threads
  Source& source;                             // the same bundle as a source, for its volumes
  const PackageDatabase* packages = nullptr;  // of the collected host; may be null
  MatchStage& matches;
  Observer& observer;
};

struct BundleMatchRequest {
  MatchContext context;
  Limits limits;                                 // max_memory and workers
  std::vector<std::string> record_families;      // names of the record streams to read
  std::span<const RecordSchema* const> schemas;  // that this version knows
};

// What of a bundle was not understood; nothing else is lost by it.
struct BundleMatchNotes {
  std::uint64_t damaged_rows = 0;
  std::vector<std::string> unknown_families;          // records of them are matched all the same
  std::map<std::string, std::size_t> unknown_fields;  // by family: fields this version lacks
  std::vector<std::string> problems;                  // streams that end early, and why
};

// Shows every row of files.jsonl (with the content where the bundle has it), every member without
// a row and every record to the matchers, and lets them finish. Ends early, in order, when `stop`
// is requested. Content that is not to be had is counted in the stage's summary.
BundleMatchNotes match_bundle(const BundleMatchParts& parts, const BundleMatchRequest& request,
                              std::stop_token stop);

}  // namespace konseki

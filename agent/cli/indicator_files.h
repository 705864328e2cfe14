// Indicators that the user names, as the engine takes them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/indicators/value_lookup.h"
#include "konseki/result.h"

namespace konseki {

struct LoadedIndicators {
  ValueLookup::Indexes indexes;
  // Files, and indicators inside them, that could not be used, and why.
  std::vector<std::pair<std::string, Error>> problems;
};

// Compiled indexes are opened where they lie; feeds of every other format become one index in
// memory. Folders are taken whole. Errors: a path that does not exist, nothing usable at all.
Result<LoadedIndicators> load_indicators(const std::vector<std::string>& paths);

// The same indicators as the bytes of compiled indexes, to be carried. Every index is whole.
struct PackedIndicators {
  std::vector<std::vector<std::byte>> indexes;
  LoadedIndicators loaded;  // of the same bytes
};
Result<PackedIndicators> pack_indicators(const std::vector<std::string>& paths);

// Adds what pack_indicators() gave; an index that cannot be used is a problem.
void add_packed_indicators(std::vector<std::byte> index, const std::string& name,
                           LoadedIndicators& loaded);

// Feeds into `builder`, a report for each file; kInvalidArgument names a file that is compiled
// already.
Result<std::vector<FeedReport>> read_feeds_into(const std::vector<std::string>& paths,
                                                IndicatorIndexBuilder& builder);

}  // namespace konseki

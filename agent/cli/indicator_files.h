// Indicators that the user names, as the engine takes them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/index_builder.h"
#include "agent/match/indicators/indicator_set.h"
#include "agent/match/indicators/value_lookup.h"
#include "konseki/result.h"

namespace konseki {

struct LoadedIndicators {
  ValueLookup::Indexes indexes;
  // Files that could not be used, and indicators inside the others, and why.
  std::vector<std::pair<std::string, Error>> unusable;
  std::vector<std::pair<std::string, Error>> refused;
  std::uint64_t refused_total = 0;  // more than are named, where there are very many
  std::uint64_t superseded = 0;     // older versions of an id that another object replaces
};

// Compiled indexes are opened where they lie; feeds of every other format become one index in
// memory. Folders are taken whole. `set`, where there is one, gets the same indicators as patterns,
// for observed data, from the same reading. Errors: a path that does not exist.
Result<LoadedIndicators> read_indicators(const std::vector<std::string>& paths, IndicatorSet* set);

// The same; nothing usable at all is an error too.
Result<LoadedIndicators> load_indicators(const std::vector<std::string>& paths);
Result<void> check_usable(const LoadedIndicators& loaded, const std::string& path);

// Whether a file is compiled indicators.
bool is_index(const FeedInput& input);

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

// IndicatorSearch: what one run looks for, and where it notes what it sees.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/content_scanner.h"
#include "agent/match/indicators/listed.h"
#include "agent/match/indicators/path_expressions.h"
#include "agent/match/indicators/pattern_watch.h"
#include "agent/match/indicators/record_fields.h"
#include "agent/match/indicators/sightings.h"
#include "agent/match/indicators/value_lookup.h"
#include "agent/match/indicators/warning_set.h"
#include "konseki/matcher.h"

namespace konseki {

// Filled by prepare(), then shared by the passes over files, contents and records on any threads.
class IndicatorSearch {
 public:
  using Meanings = std::vector<const FieldMeaning*>;

  // The parts of one index that are no values.
  struct Searches {
    std::uint32_t index = 0;
    std::unique_ptr<PathExpressions> paths;
    std::unique_ptr<PathExpressions> commands;
    std::unique_ptr<PatternWatch> patterns;
  };

  struct Counters {
    std::atomic<std::uint64_t> files = 0;
    std::atomic<std::uint64_t> digests = 0;
    std::atomic<std::uint64_t> contents = 0;
    std::atomic<std::uint64_t> content_bytes = 0;
    std::atomic<std::uint64_t> records = 0;
    std::atomic<std::uint64_t> processes = 0;
    std::atomic<std::uint64_t> memory_bytes = 0;
    std::atomic<std::uint64_t> imports = 0;
    std::atomic<std::uint64_t> unchanged = 0;
    std::atomic<std::uint64_t> cut_binaries = 0;
    std::atomic<std::uint64_t> read_errors = 0;
    std::atomic<std::uint64_t> undecided = 0;
  };

  // `collected`: when the evidence was taken; what has no time of its own was seen then.
  IndicatorSearch(ValueLookup::Indexes indexes, std::optional<Timestamp> collected)
      : lookup(std::move(indexes)), listed(lookup, warnings), collected(collected) {}

  // kCorrupt when an index turns out to be damaged.
  Result<void> prepare();

  // What the fields of records of this schema mean.
  std::shared_ptr<const Meanings> meanings(const RecordSchema& schema);

  // Patterns that fit what was seen at `path`.
  void see_patterns(const SeenObservation& seen, std::string_view path, FindingSink& sink,
                    const std::function<void(const Listed&)>& use);

  // For what reaches its limits at `path`: neither found nor not found.
  PathExpressions::Trouble trouble_at(std::string_view path, FindingSink& sink);
  void undecided(std::string_view path, std::string_view text, const Error& error,
                 FindingSink& sink);

  // What warninglists say of what stood there, where something wider is listed.
  Warning warning_of(Nearness nearness, std::string_view what) const;

  const ValueLookup lookup;
  WarningSet warnings;
  ListedValues listed;
  const std::optional<Timestamp> collected;
  std::vector<Searches> searches;
  std::unique_ptr<ContentScanner> scanner;
  bool scans_content = false;
  bool has_patterns = false;
  bool patterns_ask_for_values = false;
  // begin() gives it the host's name; a matcher that is asked without that has none.
  std::unique_ptr<Sightings> sightings = std::make_unique<Sightings>(std::string(), std::nullopt);
  Counters counters;

 private:
  std::shared_mutex meanings_mutex_;
  std::map<std::string, std::shared_ptr<const Meanings>, std::less<>> meanings_;  // by schema
};

}  // namespace konseki

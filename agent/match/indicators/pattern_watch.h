// PatternWatch: STIX patterns that atoms cannot say, over everything that passes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/index.h"
#include "agent/match/indicators/literal_filter.h"
#include "agent/match/indicators/record_objects.h"
#include "agent/match/stix/pattern.h"
#include "konseki/path_spec.h"

namespace konseki {

// What was seen, with its address, for whoever makes a finding of it.
struct SeenObservation {
  const RecordObjects& objects;
  std::vector<Timestamp> times;  // ascending; empty: no time is known
  std::string key;               // tells two of them apart, the same on every run
  PathSpec address;
  std::string schema;  // of the record; empty for a file
};

// Every [ ] is passed over unless an object of its type is there and one of its literals; patterns
// are parsed when that first happens. A pattern of one [ ] is answered at once. Of others,
// observations that fit some [ ] are kept until finish(), at most kMostKept a pattern; then it is
// given up, as is one whose expressions reach their limits kMostFailures times. Thread-safe.
class PatternWatch {
 public:
  static constexpr std::size_t kMostKept = 4096;
  static constexpr int kMostFailures = 16;

  // Told of a pattern (by number) that fits.
  using Use = std::function<void(std::uint32_t pattern)>;
  using Trouble = std::function<void(std::uint32_t pattern, const Error& error)>;

  explicit PatternWatch(std::vector<StoredPattern> patterns);
  ~PatternWatch();

  bool empty() const { return patterns_.empty(); }
  const StoredPattern& at(std::uint32_t pattern) const { return patterns_[pattern]; }
  // Whether some [ ] asks for objects of this type.
  bool asks_for(std::string_view type) const { return by_type_.contains(type); }

  // Calls `use` for each pattern of one [ ] that fits this observation.
  void see(const SeenObservation& seen, const Use& use, const Trouble& trouble);

  struct Place {
    PathSpec address;
    std::string schema;
    std::optional<Timestamp> time;
  };
  struct Fit {
    std::uint32_t pattern = 0;
    std::vector<Place> places;  // of the observations that together fit, by time
  };
  // The patterns of several [ ] that fit, in the order of their numbers.
  std::vector<Fit> finish(const Trouble& trouble);

 private:
  struct State;
  struct Test {
    std::uint32_t pattern = 0;
    std::uint32_t number = 0;  // of the [ ] in the pattern
  };

  State* state(std::uint32_t pattern, const Trouble& trouble);
  void failed(State& state, std::uint32_t pattern, const Error& error, const Trouble& trouble);

  std::vector<StoredPattern> patterns_;
  std::vector<Test> tests_;
  LiteralFilter filter_;                                                    // ids: tests_
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> by_type_;  // all tests
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> open_;     // without a literal
  std::mutex mutex_;
  std::vector<std::unique_ptr<State>> states_;
};

}  // namespace konseki

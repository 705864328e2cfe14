// Sightings: gathers where an indicator was seen, for one finding each.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/match/indicators/listed.h"
#include "konseki/finding.h"

namespace konseki {

// One place in the evidence.
struct Seen {
  PathSpec address;    // with the byte range where there is one
  std::string schema;  // of the record; empty in content
  std::string what;    // what stood there: "sub.evil.example"
  std::string where;   // "remote_address", or empty in content
  std::string excerpt;
  std::string process;  // who did it, as far as the record says
  std::optional<Timestamp> first;
  std::optional<Timestamp> last;
  Nearness nearness = Nearness::kExact;
  bool in_binary = false;  // in content that is no text
  Warning warning;         // of what stood there, where it is not the value that is listed
};

// Keeps the count, the times and the first places (by time, then address) of each indicator. What
// is kept does not depend on the order of calls. Thread-safe.
class Sightings {
 public:
  // `hostname` and `collected` (when the evidence was taken) may be unknown.
  Sightings(std::string hostname, std::optional<Timestamp> collected)
      : hostname_(std::move(hostname)), collected_(collected) {}

  void add(const Listed& listed, Seen seen);
  // One finding for each indicator, in the order of their ids; nothing is kept.
  std::vector<Finding> take();

 private:
  struct Earlier {
    bool operator()(const Seen& a, const Seen& b) const;
  };
  struct State {
    const Listed* listed = nullptr;
    std::uint64_t count = 0;
    std::optional<Timestamp> first;
    std::optional<Timestamp> last;
    Nearness nearness = Nearness::kReserved;
    bool in_binary_only = true;
    bool held_down = true;  // every time, by a warninglist
    Warning warning;        // the first of them by name
    std::set<Observable> listed_values;
    std::set<Observable> seen_values;
    bool cut = false;              // more observables than are kept
    std::set<std::string> values;  // of the indicator, that were seen
    std::set<std::string> processes;
    std::set<Seen, Earlier> places;
  };

  Finding finding(const std::string& rule, State& state) const;

  std::string hostname_;
  std::optional<Timestamp> collected_;
  std::mutex mutex_;
  std::map<std::string, State> states_;  // by rule
};

// Flags and score that the times of an indicator bring: "expired", "not_yet_valid", "revoked".
void apply_validity(const IndicatorInfo& info, std::optional<Timestamp> first,
                    std::optional<Timestamp> last, Finding& finding);

}  // namespace konseki

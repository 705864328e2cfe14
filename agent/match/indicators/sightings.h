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
#include "konseki/text.h"

namespace konseki {

// In what an indicator stood, the one that says most first. Names and numbers with dots stand in
// programs and in memory for many reasons.
enum class Medium { kText, kBinary, kMemory };

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
  Medium medium = Medium::kText;  // records are text
  Bilingual in_memory;            // of kMemory: whose, and where in it
  Warning warning;                // of what stood there, where it is not the value that is listed
  // In a record in which the indicator was seen before: neither counted nor a place.
  bool again = false;
};

// Keeps the count, the times and the first places (by time, then address) of each indicator. A file
// that a parser made records of says the same twice, as records and as content: where an indicator
// was seen in records of a file, what stands in that file's content is not counted again. What is
// kept does not depend on the order of calls. Thread-safe.
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
  // What was seen in records, or in contents.
  struct Part {
    void add(const Listed& listed, Seen&& seen);
    void join(Part&& other);
    void keep_place(Seen&& seen);

    std::uint64_t count = 0;
    std::optional<Timestamp> first;
    std::optional<Timestamp> last;
    Nearness nearness = Nearness::kReserved;
    Medium medium = Medium::kMemory;  // the one that says most
    bool held_down = true;            // every time, by a warninglist
    Warning warning;                  // the first of them by name
    std::set<Observable> listed_values;
    std::set<Observable> seen_values;
    bool cut = false;              // more observables than are kept
    std::set<std::string> values;  // of the indicator, that were seen
    std::set<std::string> processes;
    std::set<Seen, Earlier> places;
  };
  // How often, and when, in the content of one file.
  struct FileCount {
    std::uint64_t count = 0;
    std::optional<Timestamp> first;
    std::optional<Timestamp> last;
  };
  struct State {
    const Listed* listed = nullptr;
    Part records;
    Part contents;
    std::set<std::string> record_files;  // that records came from
    std::map<std::string, FileCount> content_files;
  };

  static void leave_out_told(State& state);
  Finding finding(const std::string& rule, const Listed& listed, const Part& state) const;

  std::string hostname_;
  std::optional<Timestamp> collected_;
  std::mutex mutex_;
  std::map<std::string, State> states_;  // by rule
};

// Flags and score that the times of an indicator bring: "expired", "not_yet_valid", "revoked".
void apply_validity(const IndicatorInfo& info, std::optional<Timestamp> first,
                    std::optional<Timestamp> last, Finding& finding);

}  // namespace konseki

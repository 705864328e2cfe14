// STIX 2.0 and 2.1 in JSON: the one reader of indicators and of observables outside observed-data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "agent/match/indicators/feed.h"
#include "agent/match/indicators/feed_text.h"
#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/stix/value.h"

namespace konseki {

// What stands elsewhere than in an indicator, over all files of a run: read first, since it may
// follow what it speaks of. Memory grows with the number of indicators, not with their size.
class StixSurvey {
 public:
  void add(FeedText& text);

  std::string name_of(const std::string& identity) const;
  std::string marking_of(const std::string& ref) const;
  std::string japanese_name_of(const std::string& id) const;
  std::string technique_of(const std::string& indicator) const;
  // Whether an object is evidence or a bystander (an address of a victim), not an indicator.
  bool is_excluded(const std::string& id) const;
  // True once for the latest version of an id, or when the id is empty.
  bool take_latest(const std::string& id, stix::Instant modified);

 private:
  void look_at(const stix::Value& object);

  struct Version {
    stix::Instant modified = stix::kDistantPast;
    bool taken = false;
  };
  std::map<std::string, std::string> identities_;
  std::map<std::string, std::string> markings_;
  std::map<std::string, std::string> japanese_;
  std::map<std::string, std::string> techniques_;  // by attack-pattern
  std::map<std::string, std::string> indicates_;   // attack-pattern by indicator
  std::unordered_set<std::string> excluded_;
  std::unordered_map<std::string, Version> versions_;
};

// Gives everything in `text` to `sink`. Indicators are validated; what cannot be applied is
// refused with its reason. `report` gets counts, notes and the error that ended the reading.
void read_stix_feed(FeedText& text, const FeedOptions& options, StixSurvey& survey,
                    IndicatorSink& sink, FeedReport& report);

}  // namespace konseki

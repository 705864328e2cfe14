// Listed: what all feeds together say of one value that was seen.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/value_lookup.h"
#include "agent/match/indicators/warning_set.h"
#include "konseki/finding.h"

namespace konseki {

struct Listed {
  std::string kind;    // atom_type_name(), or "stix-pattern"
  std::string value;   // for people
  IndicatorInfo lead;  // of the indicator that speaks; its id is never empty
  int score = 0;       // indicator_score() of the lead; 0 when a warninglist holds it down
  std::vector<std::string> origins;  // "id (file)" of all, the lead first
  Observable observable;             // the same value for programs
  Warning warning;                   // what warninglists say of the value
  bool held_down() const { return !warning.lists.empty() && !warning.sinkhole; }
};

// Puts the indicators of one value in order: the highest score leads, then the smallest id. An
// indicator without an id gets one of kind and value.
Listed make_listed(std::string kind, std::string value, std::vector<IndicatorInfo> owners);

// Listed of values, each made once. Thread-safe; references stay valid.
class ListedValues {
 public:
  ListedValues(const ValueLookup& lookup, const WarningSet& warnings)
      : lookup_(lookup), warnings_(warnings) {}
  const Listed& of(const ValueHit& hit);
  // The same for what is no value: an expression or a pattern of an index.
  const Listed& of(std::uint32_t index, std::string_view kind, std::string_view text,
                   std::uint32_t owner);
  // Special-use names are warned of without any list.
  Warning warning_of(AtomType type, std::string_view value) const;

 private:
  const ValueLookup& lookup_;
  const WarningSet& warnings_;
  std::mutex mutex_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::unique_ptr<const Listed>> values_;
  std::map<std::pair<std::string, std::pair<std::uint32_t, std::string>>,
           std::unique_ptr<const Listed>>
      others_;
};

// What nearness does to a score, and the flag that says so ("" for kExact).
int near_score(int score, Nearness nearness);
std::string_view nearness_flag(Nearness nearness);

// Why a finding that warninglists hold down is a note only, or what a sinkhole means.
Bilingual warning_sentence(const Warning& warning);

}  // namespace konseki

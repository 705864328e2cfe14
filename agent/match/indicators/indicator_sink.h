// IndicatorSink: where readers of feeds put what they understand, one indicator at a time, so that
// a feed of any size passes in bounded memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/atom.h"
#include "agent/match/stix/pattern.h"
#include "konseki/text.h"

namespace konseki {

// Where an indicator comes from and what its source says of it. Unknown parts stay empty.
struct IndicatorInfo {
  std::string id;    // as in the feed; empty: the sink makes a stable one of the content
  std::string name;  // English, or whatever language the feed is in
  std::string name_ja;
  std::string source;              // who made it: identity, organisation, feed title
  std::string file;                // the file it was read from
  std::string technique;           // ATT&CK id
  std::vector<std::string> types;  // STIX indicator_types
  std::vector<std::string> labels;
  std::vector<std::string> markings;  // "TLP:AMBER", else the id of the marking
  std::optional<int> confidence;      // 0 to 100; scores of other dialects are scaled to it
  std::optional<stix::Instant> valid_from;
  std::optional<stix::Instant> valid_until;
  stix::Instant modified = stix::kDistantPast;
  bool revoked = false;
};

// How sure a finding of it is, 0 to 100: its confidence, 50 where none is stated (the middle of
// "med" of STIX's scale), 0 when it is revoked or says that something is benign. STIX knows
// confidence, not severity: docs/matching.md says how one becomes the other.
int indicator_score(const IndicatorInfo& info);

// The id of an indicator that has none: "domain-name:evil.example"; of long texts a number made of
// them.
std::string made_indicator_id(std::string_view kind, std::string_view value);

class IndicatorSink {
 public:
  virtual ~IndicatorSink() = default;
  // Any one of the atoms is a hit.
  virtual void take(IndicatorInfo info, std::vector<Atom> atoms) = 0;
  // What atoms cannot say.
  virtual void take(IndicatorInfo info, stix::Pattern pattern) = 0;
  // A YARA rule as text (STIX pattern_type yara, MISP type yara, STIX 1 test mechanisms).
  virtual void take_yara(IndicatorInfo info, std::string rule) = 0;
  // Something that is understood and cannot be applied here, or is wrong; never matches.
  virtual void refuse(IndicatorInfo info, std::string detail, Bilingual reason) = 0;
};

}  // namespace konseki

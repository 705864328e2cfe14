// Indicator: a pattern and where it comes from (STIX 2.1, section 4.7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/match/stix/pattern.h"

namespace konseki {

struct Indicator {
  std::string id;
  std::string name;
  std::string origin;  // the file
  std::string created_by;
  std::vector<std::string> types;  // indicator_types; 2.0: labels are these
  std::vector<std::string> labels;
  std::vector<std::string> marking_refs;
  std::optional<int> confidence;  // 0 to 100
  std::optional<stix::Instant> valid_from;
  std::optional<stix::Instant> valid_until;
  stix::Instant modified = stix::kDistantPast;
  bool revoked = false;
  stix::Pattern pattern;
};

// "TLP:AMBER" for the ids of TLP 1 and 2 markings; else empty.
std::string_view tlp_name(std::string_view marking_ref);

}  // namespace konseki

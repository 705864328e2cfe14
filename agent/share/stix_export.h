// Findings as STIX 2.1: sightings, observed data, and indicators where they have none of their own.
#pragma once

#include <cstdint>
#include <string>

#include "agent/share/shared_findings.h"

namespace konseki {

struct StixReport {
  std::uint64_t sightings = 0;
  std::uint64_t unseen = 0;      // of them, with count 0
  std::uint64_t indicators = 0;  // written, beside those that are referred to
  std::uint64_t observed = 0;
  std::uint64_t unspeakable = 0;  // left out: STIX has no form for what is listed
};

// The text of one bundle, the same for the same input: every identifier and time comes from the
// evidence. Indicators of STIX feeds are referred to by their own ids and not repeated, since they
// belong to their authors; for all others one is written, with the id in its feed as an external
// reference. Valid against the STIX 2.1 schemas and the interoperability test document.
std::string stix_bundle(const SharedFindings& shared, const ShareOptions& options,
                        StixReport& report);

}  // namespace konseki

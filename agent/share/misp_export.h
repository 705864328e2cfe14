// Findings as an event of MISP.
#pragma once

#include <cstdint>
#include <string>

#include "agent/share/shared_findings.h"

namespace konseki {

struct MispReport {
  std::uint64_t attributes = 0;  // those of objects too
  std::uint64_t objects = 0;     // files
  std::uint64_t sightings = 0;
};

// The text of one event in MISP's core format, ready for "Add Event" > "Import from…" or the API:
// an attribute for each value that is listed and was seen, with its sightings (first and last
// time), and a file object for each file. UUIDs come from the evidence, so that a second import of
// the same findings updates. MISP has no sighting for "looked, not seen": unseen is not written.
std::string misp_event(const SharedFindings& shared, const ShareOptions& options,
                       MispReport& report);

}  // namespace konseki

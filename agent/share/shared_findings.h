// SharedFindings: what of a bundle's findings is passed on to others, before any format.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/indicator_sink.h"
#include "agent/report/finding_summary.h"
#include "konseki/bundle.h"
#include "konseki/result.h"

namespace konseki {

// What files.jsonl says of the file that a finding speaks of.
struct SharedFile {
  std::optional<std::uint64_t> size;
  std::string md5, sha1, sha256;  // lower-case hex; empty where unknown
  std::optional<Timestamp> created, modified, accessed;
};

struct SharedFinding {
  FindingSummary finding;
  std::optional<SharedFile> file;  // where the finding is about a file, not about what stands in it
};

// An indicator that was looked for and not seen.
struct UnseenIndicator {
  IndicatorInfo info;
  std::vector<Observable> listed;
};

struct SharedFindings {
  std::string hostname;  // empty: unknown or not to be told
  std::string run_id;
  Timestamp taken;                      // when the evidence was looked at
  std::string version;                  // of the program
  std::vector<SharedFinding> findings;  // in the order of findings.jsonl
  std::vector<UnseenIndicator> unseen;
  Bilingual looked;  // what was looked at, in a sentence without the host's name

  // What is not among `findings`, by reason; each is said.
  std::uint64_t below = 0;        // less grave than asked for
  std::uint64_t no_value = 0;     // made by a version that did not keep the values
  std::uint64_t not_ours = 0;     // of checks that no indicator stands behind
  std::uint64_t identifying = 0;  // would name the host or its people
};

// How a sharer calls himself and how far others may pass it on.
struct ShareOptions {
  bool anonymous = false;
  std::string organization;       // empty: not named
  std::string tlp = "TLP:AMBER";  // at least; a finding's own stricter marking stays
};

// Sorts rows of findings into what is shared: those of indicators, and files that rules or checks
// found at high or above. `least`: nothing less grave. `rows` are read_finding()'s.
void take_findings(std::vector<FindingSummary> rows, Rating least, SharedFindings& out);

// Adds what files.jsonl says of the files that are spoken of.
Result<void> add_file_facts(BundleReader& bundle, SharedFindings& shared);

// The stricter of two of "TLP:CLEAR" ... "TLP:RED"; other words count as none.
std::string_view stricter_tlp(std::string_view a, std::string_view b);

// The marking of one finding under these options.
std::string tlp_of(const SharedFinding& shared, const ShareOptions& options);

// "2026-08-15T02:25:25.123Z": milliseconds, as STIX asks for created and modified.
std::string millisecond_text(const Timestamp& time);

// When it was seen: by the evidence, else when that was looked at.
Timestamp first_seen(const SharedFinding& shared, const SharedFindings& all);
Timestamp last_seen(const SharedFinding& shared, const SharedFindings& all);

}  // namespace konseki

// One bundle of konseki match: opened, matched, put into words.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/cli/key_options.h"
#include "agent/cli/match_options.h"
#include "agent/pipeline/bundle_match.h"
#include "konseki/observer.h"

namespace konseki {

struct BundleMatchResult {
  std::string bundle;  // name of its file
  HostFacts host;
  std::vector<Finding> findings;  // in the order of findings.jsonl
  std::vector<std::pair<std::string, Error>> gaps;
  MatchSummary summary;
  BundleMatchNotes notes;

  // Everything could be looked at that the bundle holds.
  bool whole() const;
};

// Nothing in the bundle is changed. Errors name the file; kInvalidArgument when there is nothing
// to look for.
Result<BundleMatchResult> match_bundle_file(const std::string& path, const Unlocker& unlocker,
                                            const MatchArms& arms, unsigned workers,
                                            Observer& observer, std::stop_token stop);

// The findings, at most 100, what was looked at, and what could not be.
std::string bundle_match_text(const BundleMatchResult& result, Language language);

// The object of the list "bundles" of the JSON document.
void write_bundle_match(JsonWriter& json, const BundleMatchResult& result);

}  // namespace konseki

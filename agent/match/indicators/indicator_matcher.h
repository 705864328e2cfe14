// The matcher of indicators: files by name and content, records by what their fields mean.
#pragma once

#include <memory>
#include <optional>

#include "agent/match/indicators/value_lookup.h"
#include "konseki/matcher.h"

namespace konseki {

struct IndicatorMatcherOptions {
  // When the evidence was taken: what has no time of its own was seen then.
  std::optional<Timestamp> collected;
};

// Findings: one for each file that an indicator fits by itself (digest, name, path, imphash,
// pattern), and one for each indicator that is seen in contents and records, with first seen, last
// seen, count and the first places. docs/matching.md says what is looked at, and how it is scored.
// kCorrupt when an index turns out to be damaged.
Result<std::unique_ptr<Matcher>> make_indicator_matcher(ValueLookup::Indexes indexes,
                                                        IndicatorMatcherOptions options = {});

}  // namespace konseki

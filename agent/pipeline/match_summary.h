// MatchSummary: what one run of the matchers looked at and found, in numbers.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/base/json_writer.h"
#include "agent/pipeline/finding_store.h"
#include "konseki/matcher.h"

namespace konseki {

struct MatchSummary {
  std::array<std::uint64_t, 5> findings{};  // by severity, from info up
  std::uint64_t files = 0;                  // whose names and facts were looked at; no folders
  std::uint64_t contents = 0;               // of them, whose content was at hand
  std::uint64_t records = 0;
  std::map<std::string, std::uint64_t> not_read;  // files without content, by reason
  std::uint64_t gaps = 0;     // what matchers could not look at; each is in the audit log
  std::uint64_t allowed = 0;  // findings that the allow list speaks for
  // Findings that are notes only since warninglists or private and reserved ranges hold them down.
  std::uint64_t held_down = 0;
  std::vector<MatchCoverage> matchers;
  std::vector<CutRule> cut_rules;

  std::uint64_t total() const;
  // Findings of this severity or a graver one.
  std::uint64_t at_least(Severity severity) const;
};

// The object "matching" of the manifest's "run"; docs/bundle-format.md lists the fields.
void write_match_summary(JsonWriter& json, const MatchSummary& summary);

}  // namespace konseki

// FindingSummary: one row of konseki/findings.jsonl as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/json_view.h"
#include "konseki/finding.h"
#include "konseki/text.h"
#include "konseki/time.h"

namespace konseki {

// Severity as a row of the bundle states it, worst first; other writers may know other words.
enum class Rating { kCritical, kHigh, kMedium, kLow, kInfo, kUnknown };
inline constexpr std::size_t kRatings = 6;
std::string_view rating_name(Rating severity);  // "critical", ..., "unknown"
Rating rating_of(std::string_view name);

// What a finding rests on, with the addresses as text: "C:/a.php +120 (40)".
struct WitnessSummary {
  std::string name;
  std::int64_t score = 0;
  Bilingual text;
  std::vector<std::string> addresses;
  std::string excerpt;
};

// Strings are as the bundle holds them: pass them through visible_text() or an escaper before
// showing them. Unknown facts stay empty.
struct FindingSummary {
  Rating severity = Rating::kUnknown;
  double score = 0;
  std::string matcher, rule, origin, title, technique, path, schema, sha256;
  Bilingual reason;
  std::vector<WitnessSummary> witnesses;
  std::optional<Timestamp> first_seen, last_seen;
  std::uint64_t count = 1;
  std::vector<std::string> flags, markings;
  std::vector<Observable> listed, seen;
};

// Reads a row; whatever it lacks stays empty. Evidence that other writers give as text becomes
// the excerpt of one witness.
FindingSummary read_finding(const JsonView& row);

}  // namespace konseki

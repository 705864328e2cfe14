// Observations and answers of the engine in few words.
#pragma once

#include <gmock/gmock.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/memory_reader.h"
#include "agent/match/indicators/observation_file.h"
#include "agent/match/stix/matcher.h"
#include "agent/match/stix/pattern_parser.h"

namespace konseki::testing {

inline Result<void> add(ObservationSet& set, std::string_view text, const std::string& file) {
  SpanReader reader(std::as_bytes(std::span(text)));
  return set.add(reader, file);
}

// "match", "nomatch", or "error: ...", of a pattern over the observed-data of a JSON text.
inline std::string outcome(const std::string& pattern, const std::string& observed,
                           stix::Version version = stix::Version::k21) {
  const auto parsed = stix::parse_pattern(pattern, version);
  if (!parsed) return "error: " + parsed.error().describe(Language::kEnglish);
  ObservationSet set;
  if (const auto added = add(set, observed, "observed.json"); !added) {
    return "error: " + added.error().describe(Language::kEnglish);
  }
  set.link();
  const auto match = stix::match_pattern(*parsed, set.observations());
  if (!match) return "error: " + match.error().describe(Language::kEnglish);
  return *match ? "match" : "nomatch";
}

// One observed-data with one object {"type":"x", ...properties}.
inline std::string seen(const std::string& properties, const std::string& first = "00:00:00",
                        const std::string& last = "", int count = 1) {
  return R"({"type":"observed-data","first_observed":"2026-01-01T)" + first +
         R"(Z","last_observed":"2026-01-01T)" + (last.empty() ? first : last) +
         R"(Z","number_observed":)" + std::to_string(count) + R"(,"objects":{"0":{"type":"x",)" +
         properties + "}}}";
}

inline std::string list_of(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) out += (out.size() > 1 ? "," : "") + item;
  return out + "]";
}

}  // namespace konseki::testing

// What konseki match found, for people and for programs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/base/json_writer.h"
#include "agent/match/indicators/input_problem.h"
#include "agent/match/indicators/sighting.h"

namespace konseki {

struct MatchReport {
  std::vector<Sighting> sightings;  // the gravest first
  std::vector<InputProblem> not_applied;
  std::vector<InputProblem> problems;  // inputs that could not be read or are not whole
  std::span<const stix::Observation> observations;
  std::size_t indicators = 0;  // applied
  std::size_t superseded = 0;
};

// With `counts`, ends with a line that says how many observations were looked at.
std::string match_text(const MatchReport& report, Language language, bool counts);
// One finding; the fields as in findings.jsonl where both know them.
std::string sighting_json(const Sighting& sighting, const MatchReport& report);
// Everything but the findings, as members of the object that is open.
void write_match_report(JsonWriter& json, const MatchReport& report);

}  // namespace konseki

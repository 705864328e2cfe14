// What konseki match found, for people and for programs.
#pragma once

#include <span>
#include <string>
#include <vector>

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

std::string match_text(const MatchReport& report, Language language);
// One document; the fields of a finding as in findings.jsonl where both know them.
std::string match_json(const MatchReport& report);

}  // namespace konseki

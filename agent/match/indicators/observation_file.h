// Observations from JSON: STIX 2.0 and 2.1 bundles or lists with observed-data.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "agent/match/indicators/input_problem.h"
#include "agent/match/stix/observation.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Collects over any number of files; objects may stand in another file than the observed-data that
// names them. Owns the objects, so it neither copies nor moves.
class ObservationSet {
 public:
  ObservationSet() = default;
  ObservationSet(const ObservationSet&) = delete;
  ObservationSet& operator=(const ObservationSet&) = delete;

  // Errors: the file is no JSON or of another kind. What was read before stays.
  Result<void> add(ByteReader& reader, const std::string& file);
  // Looks up object_refs; once, after the last add().
  void link();

  const std::vector<stix::Observation>& observations() const { return observations_; }
  // Observed-data that could not be used or is not whole.
  const std::vector<InputProblem>& problems() const { return problems_; }
  // Of the last add(): how many observed-data the file held, usable or not.
  std::size_t last_count() const { return last_count_; }

 private:
  void use(stix::Value object, const std::string& file);
  void add_observation(std::string id, stix::Value observed, const std::string& file);
  const stix::ObservedObject* keep(std::string id, stix::Value properties);

  std::deque<stix::ObservedObject> objects_;
  std::map<std::string, const stix::ObservedObject*> by_id_;
  std::vector<stix::Observation> observations_;
  struct Links {
    std::vector<const stix::ObservedObject*> embedded;
    std::vector<std::string> refs;
  };
  std::vector<Links> links_;  // beside observations_
  std::vector<InputProblem> problems_;
  std::size_t last_count_ = 0;
};

}  // namespace konseki

// Indicators from JSON: STIX 2.0 and 2.1 bundles, lists of objects, one indicator, or a list of
// patterns as plain text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/indicator.h"
#include "agent/match/indicators/input_problem.h"
#include "konseki/result.h"

namespace konseki {

// Collects over any number of files. What cannot be applied (another pattern type, an invalid
// pattern) is listed and never matches. Of several versions of one id only the latest `modified`
// counts, whatever it says.
class IndicatorSet {
 public:
  // Errors: the file is no JSON or of another kind. Indicators read before stay.
  Result<void> add(std::string_view text, const std::string& file);

  const std::vector<Indicator>& indicators() const { return indicators_; }
  // One for each indicator that could not be applied.
  const std::vector<InputProblem>& not_applied() const { return refused_; }
  std::size_t superseded() const { return superseded_; }
  // Of the last add(): how many indicators or patterns the file held, applied or not.
  std::size_t last_count() const { return last_count_; }

 private:
  void take(Indicator indicator, std::string_view pattern, std::string_view pattern_type,
            stix::Version version);
  bool is_latest(const Indicator& indicator);
  void refuse(const Indicator& indicator, std::string detail, Bilingual reason);

  std::vector<Indicator> indicators_;
  std::vector<InputProblem> refused_;
  std::map<std::string, stix::Instant> versions_;  // by id
  std::size_t superseded_ = 0;
  std::size_t last_count_ = 0;
};

}  // namespace konseki

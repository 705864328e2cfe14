// Indicators of any feed as patterns, for matching observed data.
#pragma once

#include <vector>

#include "agent/match/indicators/indicator.h"
#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/input_problem.h"

namespace konseki {

// Collects over any number of files. What cannot be applied is listed and never matches.
class IndicatorSet : public IndicatorSink {
 public:
  void take(IndicatorInfo info, std::vector<Atom> atoms) override;
  void take(IndicatorInfo info, stix::Pattern pattern) override;
  void take_yara(IndicatorInfo info, std::string rule) override;
  void refuse(IndicatorInfo info, std::string detail, Bilingual reason) override;

  const std::vector<Indicator>& indicators() const { return indicators_; }
  // One for each indicator that could not be applied.
  const std::vector<InputProblem>& not_applied() const { return refused_; }

 private:
  std::vector<Indicator> indicators_;
  std::vector<InputProblem> refused_;
};

}  // namespace konseki

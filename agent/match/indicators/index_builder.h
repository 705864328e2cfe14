// IndicatorIndexBuilder: takes indicators from any number of feeds and makes one index of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/match/indicators/indicator_sink.h"
#include "agent/match/indicators/warninglist.h"
#include "konseki/result.h"

namespace konseki {

// Equal values of several feeds become one with all its origins. Of several versions of one id only
// those with the latest `modified` stay. Of what is refused the first kMostRefused are kept and all
// are counted, for a feed of the wrong kind refuses all that it holds. Used by one thread.
class IndicatorIndexBuilder : public IndicatorSink {
 public:
  static constexpr std::size_t kMostRefused = 10'000;

  IndicatorIndexBuilder();
  ~IndicatorIndexBuilder() override;

  void take(IndicatorInfo info, std::vector<Atom> atoms) override;
  void take(IndicatorInfo info, stix::Pattern pattern) override;
  void take_yara(IndicatorInfo info, std::string rule) override;
  void refuse(IndicatorInfo info, std::string detail, Bilingual reason) override;

  // A list of values that raise false alarms, to be kept beside the indicators.
  void add(Warninglist list);

  // The index file (index_format.h), the same for the same indicators whatever the order
  // in which they came within equal ids; the builder is empty afterwards. kLimitExceeded when it
  // would be larger than 4 GiB.
  Result<std::vector<std::byte>> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace konseki

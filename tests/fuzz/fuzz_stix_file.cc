// libFuzzer: hostile files of indicators and of observed data. The first byte chooses.
#include <cstdint>
#include <string_view>

#include "agent/match/indicators/indicator_file.h"
#include "agent/match/indicators/observation_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    konseki::IndicatorSet set;
    (void)set.add(text, "fuzz.json");
  } else {
    konseki::ObservationSet set;
    (void)set.add(text, "fuzz.json");
    set.link();
  }
  return 0;
}

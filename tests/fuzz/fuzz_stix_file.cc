// libFuzzer: hostile files of observed data.
#include <cstdint>

#include "agent/base/memory_reader.h"
#include "agent/match/indicators/observation_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  konseki::SpanReader reader({reinterpret_cast<const std::byte*>(data), size});
  konseki::ObservationSet set;
  (void)set.add(reader, "fuzz.json");
  set.link();
  return 0;
}

// libFuzzer target of one collector; installer/cmake/Collector.cmake builds it per collector.
#include <cstdint>

#include "tests/support/fuzz_input.h"

namespace konseki {

std::unique_ptr<Collector> KONSEKI_FUZZ_FACTORY();

}  // namespace konseki

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto hints = [] {
    return konseki::testing::path_hints(KONSEKI_FUZZ_FOLDER, KONSEKI_GOLDEN,
                                        konseki::KONSEKI_FUZZ_FACTORY()->info().name);
  }();
  const auto collector = konseki::KONSEKI_FUZZ_FACTORY();
  konseki::testing::offer_bytes(*collector, std::as_bytes(std::span(data, size)), hints);
  return 0;
}

// libFuzzer: hostile bytes given to the parsers of age headers, keys, signatures and custody logs.
#include <cstdint>

#include "tests/fuzz/seal_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  konseki::testing::offer_seal_text(std::as_bytes(std::span(data, size)));
  return 0;
}

// libFuzzer: hostile bytes given to the reader of encrypted files.
#include <cstdint>

#include "tests/fuzz/seal_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  konseki::testing::offer_age_file(std::as_bytes(std::span(data, size)));
  return 0;
}

// The analysis of script code under the name KONSEKI_FUZZ_NAME, which tells the language.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/match/webshell/analysis.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  (void)konseki::webshell::analyse(content, KONSEKI_FUZZ_NAME).score();
  return 0;
}

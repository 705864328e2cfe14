// Web pages of any bytes: every sign lies inside the page.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "agent/match/defacement/page_signs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const konseki::PageSign& sign :
       konseki::signs_in_page({reinterpret_cast<const char*>(data), size})) {
    if (sign.range.end() > size || sign.score <= 0) std::abort();
  }
  return 0;
}

// libFuzzer: hostile definitions and profiles. The first byte chooses the dialect.
#include <cstdint>
#include <string_view>

#include "konseki/artifact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const konseki::NamedText named[] = {{data[0] % 2 == 0 ? "fuzz.yaml" : "fuzz.tkape", text}};
  const konseki::DefinitionSet definitions = konseki::load_definitions(named);
  (void)konseki::load_profiles(named, definitions);
  return 0;
}

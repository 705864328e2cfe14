// libFuzzer: hostile feeds of every format; the content chooses the reader.
#include <cstdint>
#include <memory>

#include "agent/base/memory_reader.h"
#include "agent/match/indicators/feed_reader.h"
#include "agent/match/indicators/indicator_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  const konseki::FeedInput input{
      "fuzz", [=]() -> konseki::Result<std::unique_ptr<konseki::ByteReader>> {
        return std::make_unique<konseki::SpanReader>(std::span(bytes, size));
      }};
  for (const bool atoms : {true, false}) {
    konseki::IndicatorSet set;
    std::vector<konseki::Warninglist> warninglists;
    (void)konseki::read_feeds(std::span(&input, 1), {.atoms = atoms}, set, warninglists);
  }
  return 0;
}

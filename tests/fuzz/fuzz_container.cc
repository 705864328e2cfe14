// Archives: any bytes, within the limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "agent/base/memory_reader.h"
#include "agent/match/container/container.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (!konseki::is_container(bytes)) return 0;
  konseki::ContainerLimits limits;
  limits.members = 1000;
  limits.member_size = 1 << 20;
  limits.total_size = 8 << 20;
  konseki::SpanReader content(bytes);
  konseki::walk_container(content, "a.gz", limits,
                          {[&](const konseki::ContainerMember& member) {
                             if (member.content.size() > limits.member_size) std::abort();
                             return !member.content.empty();
                           },
                           [](const std::vector<std::string>&, const konseki::Error&) {}});
  return 0;
}

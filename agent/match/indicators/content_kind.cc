#include "agent/match/indicators/content_kind.h"

#include <algorithm>
#include <array>

namespace konseki {

bool is_text(std::span<const std::byte> content) {
  constexpr std::size_t kLookedAt = 4096;
  const std::span<const std::byte> head = content.first(std::min(content.size(), kLookedAt));
  std::size_t controls = 0;
  std::array<std::size_t, 2> zeros{};  // at even and odd places
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto byte = std::to_integer<unsigned>(head[i]);
    if (byte == 0) ++zeros[i % 2];
    if (byte < 0x20 && byte != 0 && byte != '\t' && byte != '\n' && byte != '\r' && byte != 0x1B &&
        byte != '\f') {
      ++controls;
    }
  }
  if (controls > head.size() / 50) return false;
  const std::size_t none = zeros[0] + zeros[1];
  if (none == 0) return true;
  // Text of UTF-16 has them at one kind of place only.
  return head.size() >= 2 && std::min(zeros[0], zeros[1]) == 0 && none >= head.size() / 8;
}

}  // namespace konseki

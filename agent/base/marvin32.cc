#include "agent/base/marvin32.h"

#include <bit>

namespace konseki {
namespace {

struct State {
  std::uint32_t low;
  std::uint32_t high;

  void mix(std::uint32_t word) {
    low += word;
    high ^= low;
    low = std::rotl(low, 20) + high;
    high = std::rotl(high, 9) ^ low;
    low = std::rotl(low, 27) + high;
    high = std::rotl(high, 19);
  }
};

}  // namespace

std::uint64_t marvin32(std::uint64_t seed, std::span<const std::byte> bytes) {
  State state{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    state.mix(at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24);
  }
  std::uint32_t last = 0x80;  // behind the bytes that are left
  for (std::size_t end = bytes.size(); end > i; --end) last = last << 8 | at(end - 1);
  state.mix(last);
  state.mix(0);
  return std::uint64_t{state.high} << 32 | state.low;
}

}  // namespace konseki

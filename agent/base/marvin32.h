// Marvin32: the keyed checksum that Windows puts on entries of registry transaction logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace konseki {

// The 64-bit state after the last block, high half as the state's second word. It finds accidents,
// not intent.
std::uint64_t marvin32(std::uint64_t seed, std::span<const std::byte> bytes);

}  // namespace konseki

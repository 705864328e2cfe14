// SipHash-2-4 (Aumasson and Bernstein, 2012) of a path.
#pragma once

#include <cstdint>
#include <string_view>

namespace konseki {

// Under a fixed key: the same everywhere. With n paths known, finding one that collides with any
// of them takes 2^64 / n tries, so a name cannot cheaply be made to look packaged.
std::uint64_t path_hash(std::string_view path);

// The same under a key of 16 bytes given as two little-endian numbers.
std::uint64_t siphash24(std::string_view text, std::uint64_t key0, std::uint64_t key1);

}  // namespace konseki

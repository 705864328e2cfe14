// Digests: the three fingerprints of every item that was read.
#pragma once

#include <array>
#include <cstddef>

namespace konseki {

using Sha256 = std::array<std::byte, 32>;

// SHA-256 for identity, SHA-1 and MD5 for look-ups only.
struct Digests {
  Sha256 sha256{};
  std::array<std::byte, 20> sha1{};
  std::array<std::byte, 16> md5{};
};

}  // namespace konseki

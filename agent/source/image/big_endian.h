// Big-endian numbers at an offset of bytes whose length the caller has checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace konseki {

inline std::uint64_t big_endian(std::span<const std::byte> bytes, std::size_t at,
                                std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  }
  return value;
}
inline std::uint32_t be32(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(big_endian(bytes, at, 4));
}
inline std::uint64_t be64(std::span<const std::byte> bytes, std::size_t at) {
  return big_endian(bytes, at, 8);
}

}  // namespace konseki

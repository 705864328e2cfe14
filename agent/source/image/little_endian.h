// Fixed-width little-endian numbers at an offset, for code that has checked the length itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace konseki {

// The caller guarantees that the bytes are there. Compilers make one load of each.
inline std::uint16_t le16(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) |
                                    std::to_integer<unsigned>(bytes[at + 1]) << 8);
}
inline std::uint32_t le32(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(le16(bytes, at)) |
         static_cast<std::uint32_t>(le16(bytes, at + 2)) << 16;
}
inline std::uint64_t le64(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint64_t>(le32(bytes, at)) |
         static_cast<std::uint64_t>(le32(bytes, at + 4)) << 32;
}
inline std::uint8_t le8(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

}  // namespace konseki

// FileHead: what is known, or asked, of the first four bytes of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace konseki::yara {

// The first byte stands in the lowest byte.
struct FileHead {
  std::uint32_t value = 0;
  std::uint32_t mask = 0;  // set where the byte is known

  bool operator==(const FileHead&) const = default;
  // False when no file begins as both say.
  bool agrees(const FileHead& other) const {
    return ((value ^ other.value) & mask & other.mask) == 0;
  }
};

inline constexpr FileHead kMzHead{0x5a4d, 0xffff};
inline constexpr FileHead kElfHead{0x464c457f, 0xffffffff};

inline FileHead head_of(std::span<const std::byte> content) {
  FileHead head;
  for (unsigned i = 0; i < 4 && i < content.size(); ++i) {
    head.value |= std::to_integer<std::uint32_t>(content[i]) << (8 * i);
    head.mask |= std::uint32_t{0xff} << (8 * i);
  }
  return head;
}

}  // namespace konseki::yara

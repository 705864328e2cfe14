// Numbers at fixed places of a record whose byte order is only known at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace konseki {

// Reads past the end answer zeros; callers hand over whole records.
class FixedRecord {
 public:
  FixedRecord(std::span<const std::byte> bytes, bool big_endian)
      : bytes_(bytes), big_endian_(big_endian) {}

  std::uint64_t number(std::size_t offset, std::size_t width) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t at = offset + (big_endian_ ? i : width - 1 - i);
      value = value << 8 | (at < bytes_.size() ? std::to_integer<std::uint64_t>(bytes_[at]) : 0);
    }
    return value;
  }

  // Up to the first NUL.
  std::string text(std::size_t offset, std::size_t width) const {
    std::string out;
    for (std::size_t at = offset; at < offset + width && at < bytes_.size(); ++at) {
      if (bytes_[at] == std::byte{0}) break;
      out += static_cast<char>(bytes_[at]);
    }
    return out;
  }

 private:
  std::span<const std::byte> bytes_;
  bool big_endian_;
};

}  // namespace konseki

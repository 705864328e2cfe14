// Cursor: reads binary structures from a span, checking every length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace konseki {

// Reads little-endian numbers and runs in order. The first read past the end makes the cursor
// bad for good: it then answers zeros and empty spans, so that a parser checks ok() once a
// structure instead of once a field. Does not own the bytes.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return bytes_.size() - offset_; }

  void seek(std::size_t offset);  // past the end: bad
  void skip(std::size_t count);

  std::uint8_t u8() { return static_cast<std::uint8_t>(little(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(little(4)); }
  std::uint64_t u64() { return little(8); }
  std::span<const std::byte> bytes(std::size_t count);

 private:
  std::uint64_t little(std::size_t width);

  std::span<const std::byte> bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

// The bytes as text, no conversion.
inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace konseki

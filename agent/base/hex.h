// Hexadecimal digits, and the bytes that they write.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace konseki {

// The value of a digit of either case; -1 for anything else.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Fills `out`; false unless `hex` is just as many lower-case digits as that takes.
inline bool read_hex(std::string_view hex, std::span<std::byte> out) {
  if (hex.size() != 2 * out.size()) return false;
  const auto digit = [](char c) { return c >= 'A' && c <= 'F' ? -1 : hex_digit(c); };
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::byte>(high << 4 | low);
  }
  return true;
}

}  // namespace konseki

#include "collectors/windows/ese/ese_compression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "agent/base/cursor.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kBits = 7;

// Characters of seven bits, the low ones first. The low three bits of the first byte say how many
// bits of the last one are in use, less one.
Result<std::vector<std::byte>> expand_seven_bits(std::span<const std::byte> value, bool wide,
                                                 std::size_t most) {
  if (value.size() < 2) return std::vector<std::byte>();
  const auto in_last = (std::to_integer<std::size_t>(value[0]) & 7) + 1;
  const std::size_t count = ((value.size() - 2) * 8 + in_last) / kBits;
  if (count * (wide ? 2 : 1) > most) return fail(ErrorCode::kLimitExceeded, "a value too long");
  std::vector<std::byte> out;
  out.reserve(count * (wide ? 2 : 1));
  std::uint32_t window = 0;
  std::size_t have = 0;
  std::size_t next = 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (have < kBits) {
      window |= std::to_integer<std::uint32_t>(value[next++]) << have;
      have += 8;
    }
    out.push_back(static_cast<std::byte>(window & 0x7f));
    if (wide) out.push_back(std::byte{0});
    window >>= kBits;
    have -= kBits;
  }
  return out;
}

// The lengths of matches: three bits with the offset, then half a byte that two matches share, then
// a byte, two bytes, four.
class MatchLengths {
 public:
  std::size_t read(std::uint16_t match, Cursor& input) {
    std::size_t length = match & 7;
    if (length == 7) {
      length += half(input);
      if (length == 7 + 15) length = long_length(input);
    }
    return length + 3;
  }

 private:
  std::size_t half(Cursor& input) {
    if (waiting_) {
      waiting_ = false;
      return other_half_;
    }
    const std::uint8_t both = input.u8();
    other_half_ = both >> 4;
    waiting_ = true;
    return both & 15;
  }

  static std::size_t long_length(Cursor& input) {
    const std::size_t byte = input.u8();
    if (byte < 255) return byte + 7 + 15;
    const std::size_t word = input.u16();
    return word != 0 ? word : input.u32();
  }

  bool waiting_ = false;
  std::size_t other_half_ = 0;
};

}  // namespace

Result<std::vector<std::byte>> xpress_expand(std::span<const std::byte> input, std::size_t size) {
  std::vector<std::byte> out;
  out.reserve(size);
  Cursor cursor(input);
  MatchLengths lengths;
  std::uint32_t flags = 0;
  int left = 0;
  while (out.size() < size) {
    if (left == 0) {
      flags = cursor.u32();
      left = 32;
    }
    --left;
    const bool match = (flags >> left & 1) != 0;
    if (!match) {
      out.push_back(static_cast<std::byte>(cursor.u8()));
    } else {
      const std::uint16_t word = cursor.u16();
      const std::size_t offset = std::size_t{word} / 8 + 1;
      const std::size_t length = std::min(lengths.read(word, cursor), size - out.size());
      if (offset > out.size()) return fail(ErrorCode::kCorrupt, "match before the start");
      for (std::size_t i = 0; i < length; ++i) out.push_back(out[out.size() - offset]);
    }
    if (!cursor.ok()) return fail(ErrorCode::kCorrupt, "compressed data ends early");
  }
  return out;
}

Result<std::vector<std::byte>> ese_expand(std::span<const std::byte> value, std::size_t most) {
  // The upper five bits of the first byte.
  constexpr unsigned kSevenBits = 1;
  constexpr unsigned kSevenBitsWide = 2;
  constexpr unsigned kXpress = 3;
  if (value.empty()) return std::vector<std::byte>();
  const unsigned kind = std::to_integer<unsigned>(value[0]) >> 3;
  if (kind == kSevenBits || kind == kSevenBitsWide) {
    return expand_seven_bits(value, kind == kSevenBitsWide, most);
  }
  if (kind != kXpress) {
    return fail(ErrorCode::kUnsupported, fmt::format("compression of kind {}", kind));
  }
  Cursor head(value);
  head.skip(1);
  const std::size_t size = head.u16();
  if (!head.ok()) return fail(ErrorCode::kCorrupt, "compressed data ends early");
  if (size > most) return fail(ErrorCode::kLimitExceeded, "a value too long");
  return xpress_expand(value.subspan(head.offset()), size);
}

}  // namespace konseki::windows

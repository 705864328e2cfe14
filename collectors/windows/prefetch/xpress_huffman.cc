#include "collectors/windows/prefetch/xpress_huffman.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "agent/base/cursor.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kSymbols = 512;
constexpr std::size_t kTableBytes = kSymbols / 2;
constexpr std::size_t kBlock = 65536;  // bytes of output that share one code
constexpr int kCodeBits = 15;

// Looks symbols up by the next 15 bits.
class CodeTable {
 public:
  // False when the lengths make no complete prefix code.
  bool build(std::span<const std::byte> packed) {
    for (std::size_t i = 0; i < kTableBytes; ++i) {
      lengths_[2 * i] = std::to_integer<std::uint8_t>(packed[i] & std::byte{15});
      lengths_[2 * i + 1] = std::to_integer<std::uint8_t>(packed[i] >> 4);
    }
    std::size_t at = 0;
    for (int length = 1; length <= kCodeBits; ++length) {
      for (std::size_t symbol = 0; symbol < kSymbols; ++symbol) {
        if (lengths_[symbol] != length) continue;
        const std::size_t run = std::size_t{1} << (kCodeBits - length);
        if (run > symbols_.size() - at) return false;
        std::fill_n(symbols_.begin() + static_cast<std::ptrdiff_t>(at), run,
                    static_cast<std::uint16_t>(symbol));
        at += run;
      }
    }
    return at == symbols_.size();
  }

  std::uint16_t symbol(std::uint32_t bits) const { return symbols_[bits]; }
  int length(std::uint16_t symbol) const { return lengths_[symbol]; }

 private:
  std::array<std::uint8_t, kSymbols> lengths_{};
  std::array<std::uint16_t, std::size_t{1} << kCodeBits> symbols_{};
};

// The bit stream: 16-bit words, with whole bytes taken from between them for long matches.
class Bits {
 public:
  explicit Bits(std::span<const std::byte> input) : input_(input) {
    window_ = word() << 16;
    window_ |= word();
  }

  std::uint32_t peek(int count) const { return count == 0 ? 0 : window_ >> (32 - count); }

  void skip(int count) {
    window_ <<= count;
    spare_ -= count;
    if (spare_ < 0) {
      window_ |= word() << -spare_;
      spare_ += 16;
    }
  }

  std::uint32_t byte() { return input_.remaining() >= 1 ? input_.u8() : missing(1); }
  std::uint32_t word() { return input_.remaining() >= 2 ? input_.u16() : missing(2); }
  std::uint32_t double_word() { return input_.remaining() >= 4 ? input_.u32() : missing(4); }

  // An encoder may end a word or two before the window is full; more is missing input.
  bool exhausted() const { return missing_ > 4; }

 private:
  std::uint32_t missing(std::size_t count) {
    missing_ += count;
    return 0;
  }

  Cursor input_;
  std::uint32_t window_ = 0;
  int spare_ = 16;  // bits of the window beyond the 16 that a code may need
  std::size_t missing_ = 0;

  friend std::size_t consumed(const Bits& bits);
};

std::size_t consumed(const Bits& bits) { return bits.input_.offset(); }

// The length field of a match whose short form is full.
std::size_t long_length(Bits& bits) {
  std::size_t length = bits.byte();
  if (length < 255) return length + 15;
  length = bits.word();
  if (length == 0) length = bits.double_word();
  return length;
}

Result<void> expand_block(Bits& bits, const CodeTable& code, std::size_t end,
                          std::vector<std::byte>& out, std::size_t size) {
  while (out.size() < end && out.size() < size) {
    if (bits.exhausted()) return fail(ErrorCode::kCorrupt, "compressed data ends early");
    const std::uint16_t symbol = code.symbol(bits.peek(kCodeBits));
    bits.skip(code.length(symbol));
    if (symbol < 256) {
      out.push_back(static_cast<std::byte>(symbol));
      continue;
    }
    const int offset_bits = (symbol - 256) >> 4;
    std::size_t length = symbol & 15;
    if (length == 15) length = long_length(bits);
    length += 3;
    const std::size_t offset = (std::size_t{1} << offset_bits) + bits.peek(offset_bits);
    bits.skip(offset_bits);
    if (offset > out.size()) return fail(ErrorCode::kCorrupt, "match before the start");
    length = std::min(length, size - out.size());
    for (std::size_t i = 0; i < length; ++i) out.push_back(out[out.size() - offset]);
  }
  return {};
}

}  // namespace

Result<std::vector<std::byte>> xpress_huffman_expand(std::span<const std::byte> input,
                                                     std::size_t size) {
  std::vector<std::byte> out;
  out.reserve(std::min(size, input.size() * 16));
  CodeTable code;
  while (out.size() < size) {
    if (input.size() < kTableBytes) return fail(ErrorCode::kCorrupt, "compressed data ends early");
    if (!code.build(input.first(kTableBytes))) {
      return fail(ErrorCode::kCorrupt, "impossible code lengths");
    }
    input = input.subspan(kTableBytes);
    Bits bits(input);
    KONSEKI_TRY(expand_block(bits, code, out.size() + kBlock, out, size));
    input = input.subspan(consumed(bits));
  }
  return out;
}

}  // namespace konseki::windows

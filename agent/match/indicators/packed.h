// Packed values: numbers of variable length and texts in a row, written and read back with checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/match/stix/instant.h"

namespace konseki {

__extension__ typedef unsigned __int128 WideBits;

class PackedWriter {
 public:
  // Seven bits a byte, the lowest first; the high bit says that more follow.
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<char>(0x80 | (value & 0x7F)));
    out_.push_back(static_cast<char>(value));
  }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  // Both halves of the instant, moved so that neither is negative.
  void instant(stix::Instant value) {
    const auto moved = static_cast<WideBits>(value - stix::kDistantPast);
    number(static_cast<std::uint64_t>(moved >> 64));
    number(static_cast<std::uint64_t>(moved));
  }
  std::string take() { return std::exchange(out_, {}); }
  const std::string& bytes() const { return out_; }

 private:
  std::string out_;
};

// Reads what PackedWriter wrote. Past the end, or where a value makes no sense, everything that
// follows is zero or empty and ok() turns false.
class PackedReader {
 public:
  explicit PackedReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return broken();
  }
  std::uint32_t small() {
    const std::uint64_t value = number();
    return static_cast<std::uint32_t>(value <= UINT32_MAX ? value : broken());
  }
  // A count of things that take at least one byte each.
  std::size_t count() {
    const std::uint64_t value = number();
    return static_cast<std::size_t>(value <= bytes_.size() ? value : broken());
  }
  std::string_view text() {
    const std::size_t size = count();
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  stix::Instant instant() {
    const std::uint64_t high = number();
    const std::uint64_t low = number();
    if (high > (std::uint64_t{1} << 17)) broken();
    if (!ok_) return 0;
    return static_cast<stix::Instant>(static_cast<WideBits>(high) << 64 | low) + stix::kDistantPast;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::uint64_t broken() {
    ok_ = false;
    bytes_ = {};
    return 0;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace konseki

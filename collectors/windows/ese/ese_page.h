// EsePage: one page of an ESE database and the values in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace konseki::windows {

// What a page is for.
constexpr std::uint32_t kEseRoot = 0x1;
constexpr std::uint32_t kEseLeaf = 0x2;
constexpr std::uint32_t kEseSpaceTree = 0x20;
constexpr std::uint32_t kEseIndex = 0x40;
constexpr std::uint32_t kEseLongValue = 0x80;

// A little-endian number; the caller has checked that it lies within.
template <class Number>
Number ese_number(std::span<const std::byte> bytes, std::size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

struct EseValue {
  std::span<const std::byte> bytes;
  unsigned flags = 0;

  bool deleted() const;  // and still there
};

// Owns its bytes. The first value belongs to the page itself, the others are nodes of the tree.
class EsePage {
 public:
  // `large`: of 16 KiB and more, with the longer header. Nothing when it claims more values than
  // it can hold.
  static std::optional<EsePage> parse(std::vector<std::byte>&& bytes, bool large);

  std::uint32_t flags() const { return flags_; }
  std::size_t count() const { return count_; }

  // Nothing where the value does not lie in the page.
  std::optional<EseValue> value(std::size_t index) const;
  // Behind the key of a value: the number of a page below, or a record.
  static std::optional<std::span<const std::byte>> content(const EseValue& value);
  // The whole key of a value, what it shares with the page's other keys included.
  std::optional<std::string> key(const EseValue& value) const;

 private:
  std::vector<std::byte> bytes_;
  std::uint32_t flags_ = 0;
  std::size_t header_ = 0;
  std::size_t count_ = 0;
  bool large_ = false;
};

}  // namespace konseki::windows

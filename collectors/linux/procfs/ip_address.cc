#include "collectors/linux/procfs/ip_address.h"

#include <algorithm>
#include <bit>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {
namespace {

constexpr std::size_t kV4Digits = 8;
constexpr std::size_t kV6Digits = 32;

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<IpAddress> parse_bytes(std::string_view hex) {
  if ((hex.size() != kV4Digits && hex.size() != kV6Digits) || !is_hex(hex)) return std::nullopt;
  IpAddress address;
  address.is_v6 = hex.size() == kV6Digits;
  for (std::size_t i = 0; i < hex.size() / 2; ++i) {
    address.bytes[i] = *parse_number<std::uint8_t>(hex.substr(2 * i, 2), 16);
  }
  return address;
}

}  // namespace

std::optional<IpAddress> parse_word_address(std::string_view hex) {
  auto address = parse_bytes(hex);
  if (!address) return std::nullopt;
  for (std::size_t word = 0; word < hex.size() / kV4Digits; ++word) {
    const auto begin = address->bytes.begin() + static_cast<std::ptrdiff_t>(word * 4);
    std::reverse(begin, begin + 4);
  }
  return address;
}

std::optional<IpAddress> parse_plain_address(std::string_view hex) { return parse_bytes(hex); }

std::optional<IpAddress> parse_dotted(std::string_view text) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto part = parse_number<std::uint8_t>(next_part(text, '.'));
    if (!part) return std::nullopt;
    address.bytes[i] = *part;
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

std::optional<unsigned> mask_length(const IpAddress& mask) {
  unsigned length = 0;
  bool ended = false;
  for (std::size_t i = 0; i < (mask.is_v6 ? 16U : 4U); ++i) {
    const auto ones = static_cast<unsigned>(std::countl_one(mask.bytes[i]));
    if (ended && mask.bytes[i] != 0) return std::nullopt;
    if (static_cast<std::uint8_t>(mask.bytes[i] << ones) != 0) return std::nullopt;
    length += ones;
    ended = ended || ones < 8;
  }
  return length;
}

bool same_prefix(const IpAddress& a, const IpAddress& b, unsigned bits) {
  if (a.is_v6 != b.is_v6 || bits > (a.is_v6 ? 128U : 32U)) return false;
  for (unsigned i = 0; i < bits; ++i) {
    const unsigned shift = 7 - i % 8;
    if (((a.bytes[i / 8] ^ b.bytes[i / 8]) >> shift & 1U) != 0) return false;
  }
  return true;
}

}  // namespace konseki::procfs

#include "agent/match/stix/ip_network.h"

#include <algorithm>
#include <charconv>

namespace konseki::stix {
namespace {

// A number of at most `digits` digits that is all of `text`.
std::optional<int> whole_number(std::string_view text, int base, std::size_t digits) {
  int value = 0;
  if (text.empty() || text.size() > digits || text.front() == '-') return std::nullopt;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool read_v4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return false;
    const auto part = whole_number(text.substr(0, dot), 10, 3);
    if (!part || *part > 255) return false;
    out[i] = static_cast<std::uint8_t>(*part);
    text.remove_prefix(std::min(text.size(), dot + 1));
  }
  return true;
}

// The groups between colons, the last one perhaps an IPv4 address; answers how many bytes.
std::optional<std::size_t> read_groups(std::string_view text, std::uint8_t* out) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      if (count > 12 || !read_v4(group, out + count)) return std::nullopt;
      return count + 4;
    }
    const auto value = whole_number(group, 16, 4);
    if (!value || count > 14) return std::nullopt;
    out[count++] = static_cast<std::uint8_t>(*value >> 8);
    out[count++] = static_cast<std::uint8_t>(*value & 0xFF);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return count;
}

bool read_v6(std::string_view text, std::array<std::uint8_t, 16>& out) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    return read_groups(text, out.data()) == std::size_t{16};
  }
  std::array<std::uint8_t, 16> tail{};
  const auto before = read_groups(text.substr(0, gap), out.data());
  const auto after = read_groups(text.substr(gap + 2), tail.data());
  if (!before || !after || *before + *after > 14) return false;
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(*before), out.end(), std::uint8_t{0});
  std::copy_n(tail.begin(), *after, out.end() - static_cast<std::ptrdiff_t>(*after));
  return true;
}

}  // namespace

bool IpNetwork::contains(const IpNetwork& other) const {
  if (is_v6 != other.is_v6 || other.prefix < prefix) return false;
  for (int bit = 0; bit < prefix; bit += 8) {
    const int rest = std::min(8, prefix - bit);
    const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
    const auto at = static_cast<std::size_t>(bit / 8);
    if ((bytes[at] & mask) != (other.bytes[at] & mask)) return false;
  }
  return true;
}

std::optional<IpNetwork> parse_ip_network(std::string_view text) {
  IpNetwork network;
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  network.is_v6 = address.find(':') != std::string_view::npos;
  if (network.is_v6 ? !read_v6(address, network.bytes) : !read_v4(address, network.bytes.data())) {
    return std::nullopt;
  }
  const int longest = network.is_v6 ? 128 : 32;
  network.prefix = longest;
  if (slash != std::string_view::npos) {
    const auto prefix = whole_number(text.substr(slash + 1), 10, 3);
    if (!prefix || *prefix > longest) return std::nullopt;
    network.prefix = *prefix;
  }
  return network;
}

}  // namespace konseki::stix

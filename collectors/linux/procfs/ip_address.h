// Internet addresses in the kernel's hex forms, and as text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace konseki::procfs {

// Bytes in network order. IPv4 addresses use the first four.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v6 = false;

  bool operator==(const IpAddress&) const = default;

  // Dotted quad, or RFC 5952. An IPv4 address mapped into IPv6 is printed as the IPv4 address it
  // is, so that look-ups find it.
  std::string text() const;
  bool is_any() const;  // 0.0.0.0 or ::
};

// As /proc/net/{tcp,udp,route} print: 32-bit words, each in the machine's own order; little-endian
// on every machine we build for. 8 digits for IPv4, 32 for IPv6.
std::optional<IpAddress> parse_word_address(std::string_view hex);

// As /proc/net/{if_inet6,ipv6_route} print: 32 digits in network order.
std::optional<IpAddress> parse_plain_address(std::string_view hex);

// "192.0.2.1" as /proc/net/fib_trie prints.
std::optional<IpAddress> parse_dotted(std::string_view text);

// How many leading one-bits a netmask has; absent when ones follow zeros.
std::optional<unsigned> mask_length(const IpAddress& mask);

// True when the first `bits` bits of both agree.
bool same_prefix(const IpAddress& a, const IpAddress& b, unsigned bits);

}  // namespace konseki::procfs

// IPv4 and IPv6 addresses and CIDR networks, for ISSUBSET and ISSUPERSET.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace konseki::stix {

// An address is the network of its full length. Bits behind the prefix do not count.
struct IpNetwork {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v6 = false;
  int prefix = 0;

  // Whether every address of `other` is one of this; never across versions.
  bool contains(const IpNetwork& other) const;
};

// "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "::ffff:192.0.2.1". Nothing for every other text.
std::optional<IpNetwork> parse_ip_network(std::string_view text);

}  // namespace konseki::stix

// IpAddress: an Internet address as bytes, and its text.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace konseki {

// Bytes in network order. IPv4 addresses use the first four. A plain value.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v6 = false;

  bool operator==(const IpAddress&) const = default;

  // Dotted quad, or RFC 5952. An IPv4 address mapped into IPv6 is printed as the IPv4 address it
  // is, so that look-ups find it.
  std::string text() const;
  bool is_any() const;  // 0.0.0.0 or ::
};

}  // namespace konseki

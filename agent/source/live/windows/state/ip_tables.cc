#include "agent/source/live/windows/state/ip_tables.h"

#include <algorithm>
#include <cstring>

namespace konseki::windows_state {

IpAddress v4_address(std::uint32_t network_order) {
  IpAddress address;
  std::memcpy(address.bytes.data(), &network_order, sizeof(network_order));
  return address;
}

IpAddress v6_address(std::span<const std::uint8_t, 16> bytes) {
  IpAddress address;
  address.is_v6 = true;
  std::ranges::copy(bytes, address.bytes.begin());
  return address;
}

std::optional<IpAddress> address_of(const SOCKADDR* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    return v4_address(reinterpret_cast<const SOCKADDR_IN*>(address)->sin_addr.s_addr);
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  const auto* v6 = reinterpret_cast<const SOCKADDR_IN6*>(address);
  return v6_address(std::span<const std::uint8_t, 16>(v6->sin6_addr.s6_addr, 16));
}

IpAddress address_of(const SOCKADDR_INET& address) {
  return address_of(reinterpret_cast<const SOCKADDR*>(&address)).value_or(IpAddress{});
}

std::vector<std::uint8_t> mac_of(const std::uint8_t* bytes, std::size_t length,
                                 std::size_t capacity) {
  return {bytes, bytes + std::min(length, capacity)};
}

}  // namespace konseki::windows_state

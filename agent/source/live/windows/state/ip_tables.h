// The headers of the IP helper's tables, and addresses out of them.
//
// winsock2.h is here for its types alone (socket addresses in the tables): no socket is opened and
// ws2_32 is not linked.
#pragma once

#include <winsock2.h>
// This order is the headers' own wish.
#include <windows.h>
//
#include <ws2ipdef.h>
//
#include <iphlpapi.h>
#include <netioapi.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "konseki/ip_address.h"

namespace konseki::windows_state {

IpAddress v4_address(std::uint32_t network_order);
IpAddress v6_address(std::span<const std::uint8_t, 16> bytes);
std::optional<IpAddress> address_of(const SOCKADDR* address);
IpAddress address_of(const SOCKADDR_INET& address);

// Of a hardware address as the tables keep it: at most `capacity` bytes.
std::vector<std::uint8_t> mac_of(const std::uint8_t* bytes, std::size_t length,
                                 std::size_t capacity);

}  // namespace konseki::windows_state

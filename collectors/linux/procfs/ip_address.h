// Internet addresses in the kernel's hex forms.
#pragma once

#include <optional>
#include <string_view>

#include "konseki/ip_address.h"

namespace konseki::procfs {

using konseki::IpAddress;

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

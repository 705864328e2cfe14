// Host names, addresses, URLs and mail addresses as people write them, in one canonical form each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/match/stix/ip_network.h"

namespace konseki {

// What people do to keep an address from being clicked, undone: hxxp, [.], (.), {.}, [dot], (dot),
// [:], [://], [@], [at], "\.". Everything else stays.
std::string refang(std::string_view text);

// Without white space, byte order marks, zero-width characters and one pair of quotes around it.
std::string_view trim_value(std::string_view text);

// Lower case, no final dot, every label in the form of DNS. Nothing when it is no name of at least
// two labels, or its last label is a number.
std::optional<std::string> canonical_domain(std::string_view text);

// Lower case; nothing when it is no mail address of one mailbox.
std::optional<std::string> canonical_email(std::string_view text);

// Scheme and host canonical, "http" and "https" without their own port, the rest as it is but for
// a fragment, which never travels; a lone "/" as path goes away. A scheme may be absent: then there
// must be a path. Nothing when the host is neither a name nor an address.
std::optional<std::string> canonical_url(std::string_view text);

// RFC 5952; an IPv4 address mapped into IPv6 as IPv4. With "/n" where the prefix is not whole.
std::string network_text(const stix::IpNetwork& network);
// The same network with host bits zero, and IPv4 where it is mapped into IPv6.
stix::IpNetwork canonical_network(stix::IpNetwork network);

struct HostAndPort {
  std::string_view host;
  std::optional<std::uint16_t> port;
};
// "host:443", "[2001:db8::1]:443", "[2001:db8::1]", "host". Nothing when the port is none.
std::optional<HostAndPort> split_port(std::string_view text);

// Whether a last label is what file names end in and no top-level domain: "exe", "dll", "php".
bool is_file_extension(std::string_view label);

}  // namespace konseki

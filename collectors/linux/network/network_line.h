// Lines of /proc/net/{route,ipv6_route,arp,dev,if_inet6} and of fib_trie, proc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/procfs/ip_address.h"

namespace konseki::network {

using procfs::IpAddress;

struct Route {
  IpAddress destination;
  unsigned prefix_length = 0;
  std::optional<IpAddress> gateway;
  std::string interface;
  std::uint64_t metric = 0;
  std::uint32_t flags = 0;  // RTF_ of include/uapi/linux/route.h

  std::string_view kind() const;
};

struct Neighbour {
  IpAddress address;
  std::string mac_address;
  std::string interface;
  std::uint32_t flags = 0;  // ATF_ of include/uapi/linux/if_arp.h

  std::string_view state() const;
};

struct Traffic {
  std::string interface;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
};

struct HostAddress {
  IpAddress address;
  std::optional<unsigned> prefix_length;
  std::string interface;
  std::string scope;
};

// All absent for header lines and for what is not of the form.
std::optional<Route> parse_route_line(std::string_view line);
std::optional<Route> parse_v6_route_line(std::string_view line);
std::optional<Neighbour> parse_arp_line(std::string_view line);
std::optional<Traffic> parse_dev_line(std::string_view line);
std::optional<HostAddress> parse_v6_address_line(std::string_view line);

// Collects the addresses that fib_trie marks "/32 host LOCAL", each once, in order. Feed every
// line. Bounded by kMaxAddresses.
class LocalAddresses {
 public:
  static constexpr std::size_t kMaxAddresses = 65536;
  void feed(std::string_view line);
  const std::vector<IpAddress>& addresses() const { return addresses_; }

 private:
  std::optional<IpAddress> last_;
  std::vector<IpAddress> addresses_;
};

// Says which interface an IPv4 address belongs to: that of the longest directly connected route
// around it. An address alone on a point-to-point link has none.
HostAddress place_address(const IpAddress& address, const std::vector<Route>& routes);

}  // namespace konseki::network

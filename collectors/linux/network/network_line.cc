#include "collectors/linux/network/network_line.h"

#include <algorithm>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::network {
namespace {

using procfs::next_field;

constexpr std::uint32_t kGateway = 0x2;
constexpr std::uint32_t kReject = 0x200;
constexpr std::uint32_t kLocal = 0x80000000;

std::string scope_name(unsigned scope) {
  // IPV6_ADDR_ scopes of include/net/ipv6.h as if_inet6 prints them.
  switch (scope) {
    case 0x00:
      return "global";
    case 0x10:
      return "host";
    case 0x20:
      return "link";
    case 0x40:
      return "site";
    default:
      return "scope_" + std::to_string(scope);
  }
}

}  // namespace

std::string_view Route::kind() const {
  if ((flags & kReject) != 0) return "reject";
  return (flags & kLocal) != 0 ? "local" : "unicast";
}

std::string_view Neighbour::state() const {
  if ((flags & 0x4) != 0) return "permanent";
  if ((flags & 0x8) != 0) return "published";
  return (flags & 0x2) != 0 ? "complete" : "incomplete";
}

std::optional<Route> parse_route_line(std::string_view line) {
  Route route;
  route.interface = next_field(line);
  const auto destination = procfs::parse_word_address(next_field(line));
  const auto gateway = procfs::parse_word_address(next_field(line));
  const auto flags = parse_number<std::uint32_t>(next_field(line), 16);
  next_field(line);  // references
  next_field(line);  // use
  const auto metric = parse_number<std::uint64_t>(next_field(line));
  const auto mask = procfs::parse_word_address(next_field(line));
  if (!destination || !gateway || !flags || !metric || !mask) return std::nullopt;
  const auto length = procfs::mask_length(*mask);
  if (!length) return std::nullopt;
  route.destination = *destination;
  route.prefix_length = *length;
  if ((*flags & kGateway) != 0) route.gateway = gateway;
  route.metric = *metric;
  route.flags = *flags;
  return route;
}

std::optional<Route> parse_v6_route_line(std::string_view line) {
  Route route;
  const auto destination = procfs::parse_plain_address(next_field(line));
  const auto length = parse_number<unsigned>(next_field(line), 16);
  next_field(line);  // source
  next_field(line);  // and its length
  const auto gateway = procfs::parse_plain_address(next_field(line));
  const auto metric = parse_number<std::uint64_t>(next_field(line), 16);
  next_field(line);  // references
  next_field(line);  // use
  const auto flags = parse_number<std::uint32_t>(next_field(line), 16);
  route.interface = next_field(line);
  if (!destination || !length || !gateway || !metric || !flags || *length > 128) {
    return std::nullopt;
  }
  route.destination = *destination;
  route.prefix_length = *length;
  if (!gateway->is_any()) route.gateway = gateway;
  route.metric = *metric;
  route.flags = *flags;
  return route;
}

std::optional<Neighbour> parse_arp_line(std::string_view line) {
  Neighbour neighbour;
  const auto address = procfs::parse_dotted(next_field(line));
  next_field(line);  // hardware type
  std::string_view flags = next_field(line);
  if (!flags.starts_with("0x")) return std::nullopt;
  const auto number = parse_number<std::uint32_t>(flags.substr(2), 16);
  neighbour.mac_address = next_field(line);
  next_field(line);  // mask
  neighbour.interface = next_field(line);
  if (!address || !number) return std::nullopt;
  neighbour.address = *address;
  neighbour.flags = *number;
  return neighbour;
}

std::optional<Traffic> parse_dev_line(std::string_view line) {
  // A name may hold ':' (aliases); the numbers never do.
  const auto colon = line.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Traffic traffic;
  traffic.interface = procfs::trim(line.substr(0, colon));
  line.remove_prefix(colon + 1);
  constexpr int kSentField = 8;
  for (int field = 0; field <= kSentField; ++field) {
    const auto number = parse_number<std::uint64_t>(next_field(line));
    if (!number) return std::nullopt;
    if (field == 0) traffic.received_bytes = *number;
    if (field == kSentField) traffic.sent_bytes = *number;
  }
  return traffic;
}

std::optional<HostAddress> parse_v6_address_line(std::string_view line) {
  HostAddress host;
  const auto address = procfs::parse_plain_address(next_field(line));
  next_field(line);  // interface number
  host.prefix_length = parse_number<unsigned>(next_field(line), 16);
  const auto scope = parse_number<unsigned>(next_field(line), 16);
  next_field(line);  // flags
  host.interface = next_field(line);
  if (!address || !address->is_v6 || !scope || host.interface.empty()) return std::nullopt;
  host.address = *address;
  host.scope = scope_name(*scope);
  return host;
}

void LocalAddresses::feed(std::string_view line) {
  line = procfs::trim(line);
  // "|-- 192.0.2.7", then on a line of its own "/32 host LOCAL".
  if (line.starts_with("|-- ")) {
    last_ = procfs::parse_dotted(line.substr(4));
  } else if (last_ && line == "/32 host LOCAL" && addresses_.size() < kMaxAddresses &&
             std::ranges::find(addresses_, *last_) == addresses_.end()) {
    addresses_.push_back(*last_);
  }
}

HostAddress place_address(const IpAddress& address, const std::vector<Route>& routes) {
  HostAddress host;
  host.address = address;
  constexpr std::uint8_t kLoopbackNetwork = 127;
  if (address.bytes[0] == kLoopbackNetwork) {
    host.interface = "lo";
    host.prefix_length = 8;
    host.scope = "host";
    return host;
  }
  host.scope = "global";
  if (address.bytes[0] == 169 && address.bytes[1] == 254) host.scope = "link";
  for (const Route& route : routes) {
    if (route.gateway || route.prefix_length == 0) continue;
    if (!procfs::same_prefix(address, route.destination, route.prefix_length)) continue;
    if (host.prefix_length && *host.prefix_length >= route.prefix_length) continue;
    host.prefix_length = route.prefix_length;
    host.interface = route.interface;
  }
  return host;
}

}  // namespace konseki::network

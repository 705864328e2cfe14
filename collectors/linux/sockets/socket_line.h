// Lines of /proc/net/{tcp,udp,raw,...}, /proc/net/packet and /proc/net/unix, proc(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/linux/procfs/ip_address.h"

namespace konseki::sockets {

struct Endpoint {
  procfs::IpAddress address;
  std::uint16_t port = 0;

  bool is_none() const { return port == 0 && address.is_any(); }
};

// A plain value; what a family lacks stays absent.
struct Socket {
  std::string protocol;
  std::string state;
  std::optional<Endpoint> local;
  std::optional<Endpoint> remote;
  std::string path;
  std::string type;
  std::uint64_t interface_index = 0;
  std::string ether_type;
  std::optional<std::uint32_t> user;
  std::uint64_t inode = 0;  // 0: no process owns it
};

// "0100007F:0016", or 32 digits before the colon.
std::optional<Endpoint> parse_endpoint(std::string_view text);

// Absent for header lines and for what is not of the form.
std::optional<Socket> parse_inet_line(std::string_view protocol, std::string_view line);
std::optional<Socket> parse_packet_line(std::string_view line);
std::optional<Socket> parse_unix_line(std::string_view line);

}  // namespace konseki::sockets

#include "collectors/linux/sockets/socket_line.h"

#include <array>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::sockets {
namespace {

using procfs::next_field;
using procfs::next_part;

// include/net/tcp_states.h, from 1.
constexpr std::array<std::string_view, 12> kTcpStates{
    "ESTABLISHED", "SYN_SENT",   "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
    "CLOSE",       "CLOSE_WAIT", "LAST_ACK", "LISTEN",    "CLOSING",   "NEW_SYN_RECV"};
constexpr unsigned kClose = 7;

std::string state_name(std::string_view protocol, unsigned state) {
  // Only TCP closes; the others merely have no peer.
  if (state == kClose && !protocol.starts_with("tcp")) return "UNCONN";
  if (state == 0 || state > kTcpStates.size()) return "state_" + std::to_string(state);
  return std::string(kTcpStates[state - 1]);
}

// include/linux/net.h.
std::string type_name(unsigned type) {
  switch (type) {
    case 1:
      return "stream";
    case 2:
      return "dgram";
    case 3:
      return "raw";
    case 5:
      return "seqpacket";
    default:
      return "type_" + std::to_string(type);
  }
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto address = procfs::parse_word_address(next_part(text, ':'));
  const auto port = parse_number<std::uint16_t>(text, 16);
  if (!address || !port) return std::nullopt;
  return Endpoint{*address, *port};
}

std::optional<Socket> parse_inet_line(std::string_view protocol, std::string_view line) {
  next_field(line);  // slot
  Socket socket;
  socket.protocol = protocol;
  socket.local = parse_endpoint(next_field(line));
  socket.remote = parse_endpoint(next_field(line));
  const auto state = parse_number<unsigned>(next_field(line), 16);
  next_field(line);  // queues
  next_field(line);  // timer
  next_field(line);  // retransmits
  socket.user = parse_number<std::uint32_t>(next_field(line));
  next_field(line);  // timeout
  const auto inode = parse_number<std::uint64_t>(next_field(line));
  if (!socket.local || !socket.remote || !state || !inode) return std::nullopt;
  socket.state = state_name(protocol, *state);
  socket.inode = *inode;
  if (socket.remote->is_none()) socket.remote.reset();
  return socket;
}

std::optional<Socket> parse_packet_line(std::string_view line) {
  next_field(line);  // address of the kernel's object
  next_field(line);  // references
  Socket socket;
  socket.protocol = "packet";
  socket.state = "UNCONN";
  const auto type = parse_number<unsigned>(next_field(line));
  socket.ether_type = next_field(line);
  const auto interface_index = parse_number<std::uint64_t>(next_field(line));
  next_field(line);  // running
  next_field(line);  // memory
  socket.user = parse_number<std::uint32_t>(next_field(line));
  const auto inode = parse_number<std::uint64_t>(next_field(line));
  if (!type || !interface_index || !inode) return std::nullopt;
  socket.type = type_name(*type);
  socket.interface_index = *interface_index;
  socket.inode = *inode;
  return socket;
}

std::optional<Socket> parse_unix_line(std::string_view line) {
  next_field(line);  // address of the kernel's object
  next_field(line);  // references
  next_field(line);  // protocol
  Socket socket;
  socket.protocol = "unix";
  const auto flags = parse_number<std::uint32_t>(next_field(line), 16);
  const auto type = parse_number<unsigned>(next_field(line), 16);
  const auto state = parse_number<unsigned>(next_field(line), 16);
  const auto inode = parse_number<std::uint64_t>(next_field(line));
  if (!flags || !type || !state || !inode) return std::nullopt;
  constexpr std::uint32_t kAccepting = 0x10000;  // __SO_ACCEPTCON
  constexpr unsigned kConnecting = 2;
  constexpr unsigned kConnected = 3;
  if ((*flags & kAccepting) != 0) {
    socket.state = "LISTEN";
  } else if (*state == kConnected) {
    socket.state = "ESTABLISHED";
  } else {
    socket.state = *state == kConnecting ? "SYN_SENT" : "UNCONN";
  }
  socket.type = type_name(*type);
  socket.inode = *inode;
  // The name may hold blanks, at its end too.
  if (line.starts_with(' ')) socket.path = line.substr(1);
  return socket;
}

}  // namespace konseki::sockets

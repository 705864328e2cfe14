#include "collectors/linux/sockets/socket_schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"protocol", FieldType::kText,
     "tcp, tcp6, udp, udp6, udplite, udplite6, icmp, icmp6, raw, raw6, packet, unix"},
    {"state", FieldType::kText, "LISTEN, ESTABLISHED, ...; UNCONN without a peer"},
    {"local_address", FieldType::kText, "Address; IPv4 mapped into IPv6 is written as IPv4"},
    {"local_port", FieldType::kUint, "Port; for raw sockets the IP protocol number"},
    {"remote_address", FieldType::kText, "Peer, absent without one"},
    {"remote_port", FieldType::kUint, "Peer's port"},
    {"path", FieldType::kText, "unix: the name bound to, '@' first for abstract ones"},
    {"type", FieldType::kText, "unix and packet: stream, dgram, raw, seqpacket"},
    {"interface_index", FieldType::kUint, "packet: the interface it is bound to; absent for all"},
    {"ether_type", FieldType::kText, "packet: hex protocol; 0003 is every packet"},
    {"uid", FieldType::kUint, "User who made the socket; unix sockets do not tell"},
    {"user", FieldType::kText, "Name of uid in the host's passwd"},
    {"inode", FieldType::kUint, "The socket's number; absent once no process owns it"},
    {"pid", FieldType::kUint, "The process that has it open, the lowest id of several"},
    {"process", FieldType::kText, "Name of that process"},
    {"owners", FieldType::kTextList, "\"pid name\" of every owner, when there are several"},
    {"network_namespace", FieldType::kUint, "Network namespace"},
    {"other_namespace", FieldType::kBool, "True outside the namespace that the program ran in"},
    {"signs", FieldType::kTextList,
     "no_owner: open, but no process shows it (the kernel's own, or a hidden process's); "
     "packet_capture: sees every packet"},
});

}  // namespace

const RecordSchema kLinuxSocketSchema{"linux.socket", "An open socket and who holds it", kFields};

}  // namespace konseki

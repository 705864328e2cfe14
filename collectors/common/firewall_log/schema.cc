#include "collectors/common/firewall_log/schema.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kFields = std::to_array<FieldSpec>({
    {"time", FieldType::kTime, "When it was written down", "Firewall Log Entry"},
    {"action", FieldType::kText,
     "allow, block; of netfilter what the rule's own words say, absent where they say nothing"},
    {"direction", FieldType::kText, "in, out, forward"},
    {"protocol", FieldType::kText, "tcp, udp, icmp, ..."},
    {"source_address", FieldType::kText, "Address of the sender"},
    {"source_port", FieldType::kUint, "Its port"},
    {"destination_address", FieldType::kText, "Address of the receiver"},
    {"destination_port", FieldType::kUint, "Its port"},
    {"rule", FieldType::kText, "Words that the rule writes (--log-prefix)"},
    {"interface_in", FieldType::kText, "Interface that it came in by"},
    {"interface_out", FieldType::kText, "Interface that it left by"},
    {"size", FieldType::kUint, "Bytes of the packet"},
    {"tcp_flags", FieldType::kText, "Flags of TCP as the log writes them"},
    {"uid", FieldType::kUint, "Account of the sending process (--log-uid)"},
    {"pid", FieldType::kUint, "Process (Windows 11)"},
    {"packet_path", FieldType::kText, "SEND, RECEIVE, FORWARD (Windows)"},
    {"line", FieldType::kUint, "Number of the line in the file, from 1"},
});
static_assert(kFields.size() == kPacketFieldCount);

}  // namespace

const RecordSchema kFirewallPacketSchema{
    "firewall.packet", "Packets and connections that a firewall wrote down", kFields};

}  // namespace konseki

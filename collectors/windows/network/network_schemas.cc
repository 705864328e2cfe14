#include "collectors/windows/network/network_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr auto kInterface = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Interface as people see it"},
    {"description", FieldType::kText, "Name of the device"},
    {"id", FieldType::kText, "GUID; names its registry keys"},
    {"index", FieldType::kUint, "Number of the interface"},
    {"mac_address", FieldType::kText, "Hardware address"},
    {"state", FieldType::kText, "up, down, testing, unknown, dormant, not_present, lower_down"},
    {"up", FieldType::kBool, "Switched on and connected"},
    {"mtu", FieldType::kUint, "Largest packet in bytes"},
    {"type", FieldType::kUint,
     "IF_TYPE_ number: 6 Ethernet, 24 loopback, 71 Wi-Fi, 131 tunnel, 23 and 53 VPN"},
    {"gateways", FieldType::kTextList, "Default gateways"},
    {"name_servers", FieldType::kTextList, "DNS servers"},
    {"dhcp_server", FieldType::kText, "Server that gave the address"},
    {"dns_suffix", FieldType::kText, "Domain added to short names"},
    {"received_bytes", FieldType::kUint, "Since it came up"},
    {"sent_bytes", FieldType::kUint, "Since it came up"},
});

constexpr auto kAddress = std::to_array<FieldSpec>({
    {"address", FieldType::kText, "Address of this host"},
    {"prefix_length", FieldType::kUint, "Bits of the network"},
    {"interface", FieldType::kText, "Interface"},
});

constexpr auto kRoute = std::to_array<FieldSpec>({
    {"destination", FieldType::kText, "Network; 0.0.0.0 or :: with length 0 is the default route"},
    {"prefix_length", FieldType::kUint, "Bits of the network"},
    {"gateway", FieldType::kText, "Next hop; absent when directly connected"},
    {"interface", FieldType::kText, "Interface"},
    {"metric", FieldType::kUint, "Smaller wins"},
    {"kind", FieldType::kText, "local, static (set by hand or by a program), other_<n>"},
});

constexpr auto kNeighbour = std::to_array<FieldSpec>({
    {"address", FieldType::kText, "Address of the neighbour, IPv4 (ARP) or IPv6 (ND)"},
    {"mac_address", FieldType::kText, "Its hardware address"},
    {"interface", FieldType::kText, "Interface"},
    {"state", FieldType::kText,
     "permanent (set by hand, or of broadcast addresses), reachable, stale, delay, probe, "
     "incomplete, unreachable"},
    {"signs", FieldType::kTextList,
     "gateway_shares_mac: a default gateway has the hardware address of another neighbour on the "
     "interface (ARP spoofing; also routers with several addresses)"},
});

}  // namespace

const RecordSchema kWindowsInterfaceSchema{"windows.interface", "A network interface", kInterface};
const RecordSchema kWindowsAddressSchema{"windows.address", "An Internet address of this host",
                                         kAddress};
const RecordSchema kWindowsRouteSchema{"windows.route", "A route", kRoute};
const RecordSchema kWindowsNeighbourSchema{"windows.neighbour", "A neighbour known by ARP or ND",
                                           kNeighbour};

}  // namespace konseki

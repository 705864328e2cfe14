#include "collectors/linux/network/network_schemas.h"

#include <array>

namespace konseki {
namespace {

constexpr FieldSpec kNamespace{"network_namespace", FieldType::kUint, "Network namespace"};
constexpr FieldSpec kOther{"other_namespace", FieldType::kBool,
                           "True outside the namespace that the program ran in"};

constexpr auto kInterface = std::to_array<FieldSpec>({
    {"name", FieldType::kText, "Interface"},
    {"index", FieldType::kUint, "Number of the interface"},
    {"mac_address", FieldType::kText, "Hardware address"},
    {"state", FieldType::kText, "up, down, unknown, ... (operstate)"},
    {"up", FieldType::kBool, "Switched on"},
    {"promiscuous", FieldType::kBool, "Takes in packets for others: a sniffer, a bridge"},
    {"mtu", FieldType::kUint, "Largest packet in bytes"},
    {"type", FieldType::kUint, "ARPHRD_ number: 1 Ethernet, 772 loopback, 65534 none (tunnels)"},
    {"master", FieldType::kText, "Bridge or bond that it belongs to"},
    {"driver", FieldType::kText, "Kernel driver of the device"},
    {"received_bytes", FieldType::kUint, "Since it came up"},
    {"sent_bytes", FieldType::kUint, "Since it came up"},
    kNamespace,
    kOther,
});

constexpr auto kAddress = std::to_array<FieldSpec>({
    {"address", FieldType::kText, "Address of this host"},
    {"prefix_length", FieldType::kUint, "Bits of the network; IPv4: from the connected route"},
    {"interface", FieldType::kText, "Interface; IPv4: from the connected route"},
    {"scope", FieldType::kText, "global, link, site, host"},
    kNamespace,
    kOther,
});

constexpr auto kRoute = std::to_array<FieldSpec>({
    {"destination", FieldType::kText, "Network; 0.0.0.0 or :: with length 0 is the default route"},
    {"prefix_length", FieldType::kUint, "Bits of the network"},
    {"gateway", FieldType::kText, "Next hop; absent when directly connected"},
    {"interface", FieldType::kText, "Interface"},
    {"metric", FieldType::kUint, "Smaller wins"},
    {"kind", FieldType::kText, "unicast, local, reject"},
    kNamespace,
    kOther,
});

constexpr auto kNeighbour = std::to_array<FieldSpec>({
    {"address", FieldType::kText, "IPv4 address of the neighbour"},
    {"mac_address", FieldType::kText, "Its hardware address"},
    {"interface", FieldType::kText, "Interface"},
    {"state", FieldType::kText, "complete, permanent (set by hand), published, incomplete"},
    kNamespace,
    kOther,
});

constexpr auto kResolver = std::to_array<FieldSpec>({
    {"kind", FieldType::kText, "nameserver, search, domain, options, nsswitch"},
    {"value", FieldType::kText, "Address, domain or source, as configured"},
    {"names", FieldType::kTextList, "nsswitch: order of sources"},
    {"modified", FieldType::kTime, "Last modification of the file", "Content Modification Time"},
});

constexpr auto kFirewall = std::to_array<FieldSpec>({
    {"family", FieldType::kText, "ipv4, ipv6, arp, nftables"},
    {"table", FieldType::kText, "Table in use; rules are not told by /proc"},
    kNamespace,
    kOther,
});

}  // namespace

const RecordSchema kLinuxInterfaceSchema{"linux.interface", "A network interface", kInterface};
const RecordSchema kLinuxAddressSchema{"linux.address", "An Internet address of this host",
                                       kAddress};
const RecordSchema kLinuxRouteSchema{"linux.route", "A route; IPv4: of the main table", kRoute};
const RecordSchema kLinuxNeighbourSchema{"linux.neighbour", "A neighbour known by ARP", kNeighbour};
const RecordSchema kLinuxResolverSchema{"linux.resolver", "How names are looked up", kResolver};
const RecordSchema kLinuxFirewallSchema{"linux.firewall", "A packet filter's table in use",
                                        kFirewall};

}  // namespace konseki

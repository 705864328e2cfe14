// Addresses that say nothing about a destination on the Internet.
#pragma once

#include "agent/match/stix/ip_network.h"

namespace konseki {

// Whether all of `network` lies in one range that is not routed: this host, private, shared,
// link-local, multicast, broadcast (RFC 6890). Ranges for documentation are not among them: who
// lists one means it.
bool is_special(const stix::IpNetwork& network);

}  // namespace konseki

// Schema firewall.packet: packets and connections that a firewall wrote down.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kFirewallPacketSchema;

// Places of firewall.packet, in the order of the schema.
enum FirewallPacketField : std::size_t {
  kPacketTime,
  kPacketAction,
  kPacketDirection,
  kPacketProtocol,
  kPacketSource,
  kPacketSourcePort,
  kPacketDestination,
  kPacketDestinationPort,
  kPacketRule,
  kPacketIn,
  kPacketOut,
  kPacketSize,
  kPacketFlags,
  kPacketUid,
  kPacketPid,
  kPacketPath,
  kPacketLine,
  kPacketFieldCount,
};

}  // namespace konseki

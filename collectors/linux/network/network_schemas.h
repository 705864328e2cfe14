// Records of the network's configuration.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxInterfaceSchema;
extern const RecordSchema kLinuxAddressSchema;
extern const RecordSchema kLinuxRouteSchema;
extern const RecordSchema kLinuxNeighbourSchema;
extern const RecordSchema kLinuxResolverSchema;
extern const RecordSchema kLinuxFirewallSchema;

}  // namespace konseki

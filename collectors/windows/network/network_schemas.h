// Records of how a running Windows is connected.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsInterfaceSchema;
extern const RecordSchema kWindowsAddressSchema;
extern const RecordSchema kWindowsRouteSchema;
extern const RecordSchema kWindowsNeighbourSchema;

}  // namespace konseki

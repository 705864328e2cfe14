// Schemas windows.srum_network, windows.srum_application and windows.srum.
#pragma once

#include "konseki/record.h"

namespace konseki::windows {

extern const RecordSchema kSrumNetworkSchema;
extern const RecordSchema kSrumApplicationSchema;
extern const RecordSchema kSrumSchema;

}  // namespace konseki::windows

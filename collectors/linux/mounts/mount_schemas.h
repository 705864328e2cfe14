// Records of what is mounted and of swap areas.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxMountSchema;
extern const RecordSchema kLinuxSwapSchema;

}  // namespace konseki

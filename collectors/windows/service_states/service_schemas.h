// Records of services and drivers as they are now.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsServiceStateSchema;
extern const RecordSchema kWindowsDriverSchema;

}  // namespace konseki

// Records of the running kernel: its modules and settings.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxKernelModuleSchema;
extern const RecordSchema kLinuxSysctlSchema;

}  // namespace konseki

// linux.process: one running process.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxProcessSchema;

}  // namespace konseki

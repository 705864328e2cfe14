// windows.process: one running process.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsProcessSchema;

}  // namespace konseki

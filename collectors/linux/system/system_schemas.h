// Records of the system as a whole: its clock, and its state.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxClockSchema;
extern const RecordSchema kLinuxSystemSchema;

}  // namespace konseki

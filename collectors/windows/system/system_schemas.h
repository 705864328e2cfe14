// Records of a running Windows as a whole: its clock, and its state.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsClockSchema;
extern const RecordSchema kWindowsSystemSchema;

}  // namespace konseki

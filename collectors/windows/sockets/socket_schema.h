// windows.socket: one TCP or UDP end point.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsSocketSchema;

}  // namespace konseki

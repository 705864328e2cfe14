// windows.session: somebody who is logged on.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsSessionSchema;

}  // namespace konseki

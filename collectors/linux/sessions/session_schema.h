// linux.session: someone is logged in, or a terminal is in use.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxSessionSchema;

}  // namespace konseki

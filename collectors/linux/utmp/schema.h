// Schemas linux.utmp and linux.lastlog.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxUtmpSchema;
extern const RecordSchema kLinuxLastlogSchema;

}  // namespace konseki

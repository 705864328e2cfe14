// Schemas linux.user and linux.group.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxUserSchema;
extern const RecordSchema kLinuxGroupSchema;

}  // namespace konseki

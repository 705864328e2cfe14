// Schemas linux.package and linux.package_override.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxPackageSchema;
extern const RecordSchema kLinuxPackageOverrideSchema;

}  // namespace konseki

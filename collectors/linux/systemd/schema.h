// Schema linux.systemd_unit.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxSystemdUnitSchema;

}  // namespace konseki

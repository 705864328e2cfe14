// windows.mounted_volume: a volume, or a drive letter without one.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsMountedVolumeSchema;

}  // namespace konseki

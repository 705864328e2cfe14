// Schema linux.cron.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxCronSchema;

}  // namespace konseki

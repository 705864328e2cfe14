// Schema linux.authorized_key.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxAuthorizedKeySchema;

}  // namespace konseki

// linux.socket: one open socket.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxSocketSchema;

}  // namespace konseki

// linux.container: a container that a runtime knows of or that processes run in.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxContainerSchema;

}  // namespace konseki

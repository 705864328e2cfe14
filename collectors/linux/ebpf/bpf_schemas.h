// Records of loaded eBPF programs and of what keeps them loaded.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kLinuxBpfProgramSchema;
extern const RecordSchema kLinuxBpfPinSchema;

}  // namespace konseki

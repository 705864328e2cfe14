// Records of security products, of what is switched off in them, and of what they leave out.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsSecurityProductSchema;
extern const RecordSchema kWindowsSecuritySettingSchema;
extern const RecordSchema kWindowsSecurityExclusionSchema;

}  // namespace konseki

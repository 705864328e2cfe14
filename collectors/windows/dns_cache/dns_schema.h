// windows.dns_cache: one name in the resolver's cache.
#pragma once

#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kWindowsDnsCacheSchema;

}  // namespace konseki

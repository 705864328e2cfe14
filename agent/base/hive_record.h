// Schema "windows.hive": a registry hive whose newest changes had not reached it yet.
#pragma once

#include <string>
#include <vector>

#include "agent/base/registry_header.h"
#include "agent/base/registry_log.h"
#include "konseki/record.h"

namespace konseki {

extern const RecordSchema kHiveSchema;

// One row about a dirty hive: what its logs (`names` of those found) gave, and what they did not.
Record hive_record(const HiveHeader& header, const std::vector<std::string>& names,
                   const HiveChanges& changes);

}  // namespace konseki

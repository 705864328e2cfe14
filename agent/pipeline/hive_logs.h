// Looks for the transaction logs of a registry hive that is being read.
#pragma once

#include <optional>
#include <string_view>

#include "agent/base/registry_log.h"
#include "konseki/file_system.h"
#include "konseki/record.h"

namespace konseki {

// What a dirty hive's logs say: for its parsers, and as a row.
struct HiveLogs {
  HiveChanges changes;  // entries == 0: the hive stays as it is
  Record record;
};

// Nothing unless `path` (a display path) is that of a hive and `content` is dirty. The logs are
// read from beside it; call on the thread that owns `file_system`.
std::optional<HiveLogs> read_hive_logs(FileSystem& file_system, const Entry& entry,
                                       std::string_view path, ByteReader& content);

}  // namespace konseki

// Looks for the logs of an ESE database that was in use.
#pragma once

#include <optional>

#include "konseki/file_system.h"
#include "konseki/record.h"

namespace konseki {

// What is beside it ("windows.ese_logs"); nothing unless `content` is such a database and was in
// use. Call on the thread that owns `file_system`.
std::optional<Record> read_ese_logs(FileSystem& file_system, const Entry& entry,
                                    ByteReader& content);

}  // namespace konseki

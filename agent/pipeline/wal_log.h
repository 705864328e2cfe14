// Looks for the write-ahead log of an SQLite database that is being read.
#pragma once

#include <optional>

#include "agent/base/sqlite_wal.h"
#include "konseki/file_system.h"
#include "konseki/record.h"

namespace konseki {

// What a database's log says: for its parsers, and as a row.
struct WalLog {
  WalChanges changes;  // frames == 0: the database stays as it is
  Record record;
};

// Nothing unless `content` is an SQLite database with a log that holds something. The log is read
// from beside it; call on the thread that owns `file_system`.
std::optional<WalLog> read_wal_log(FileSystem& file_system, const Entry& entry,
                                   ByteReader& content);

}  // namespace konseki

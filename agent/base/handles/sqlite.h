// SQLite handles as owning pointers.
#pragma once

#include <sqlite3.h>

#include <memory>

#include "agent/base/handles/closer.h"

namespace konseki {

inline void close_sqlite(sqlite3* handle) noexcept { sqlite3_close(handle); }
inline void finalize_sqlite(sqlite3_stmt* handle) noexcept { sqlite3_finalize(handle); }

using SqliteHandle = std::unique_ptr<sqlite3, Closer<close_sqlite>>;
using SqliteStatementHandle = std::unique_ptr<sqlite3_stmt, Closer<finalize_sqlite>>;

}  // namespace konseki

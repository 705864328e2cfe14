// SQLite databases from the SQL that makes them, so that fixtures stay text.
#pragma once

#include <string>

#include "konseki/result.h"

namespace konseki::testing {

// The bytes of a database in which `sql` was run. kInvalidArgument with SQLite's words.
Result<std::string> build_database(const std::string& sql);

// A database and its write-ahead log as a program that is still running leaves them: `sql` is in
// the database, `logged` (without transactions of its own) in the log only.
struct LoggedDatabase {
  std::string database;
  std::string log;
};
Result<LoggedDatabase> build_logged_database(const std::string& sql, const std::string& logged);

}  // namespace konseki::testing

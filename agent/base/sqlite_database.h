// SqliteDatabase: a database that somebody else made, read without trusting it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Rows of one query. Outlived by its database; what it answers is valid until the next next().
class SqliteRows {
 public:
  ~SqliteRows();
  SqliteRows(SqliteRows&&) noexcept;
  SqliteRows& operator=(SqliteRows&&) = delete;

  // True with the next row, false at the end. kCorrupt where the database is damaged,
  // kLimitExceeded where it takes more work or memory than one of its size may.
  Result<bool> next();

  // Column `index` of the row; nothing where it is NULL or no number.
  std::optional<std::int64_t> integer(int index) const;
  // Text, or a blob's bytes; empty for NULL.
  std::string_view text(int index) const;
  std::span<const std::byte> bytes(int index) const;

  // For the parameters ?1, ?2, ... of a query that is run again and again.
  void bind_text(int parameter, std::string_view text);  // `text` must outlive the run
  void reset();

 private:
  friend class SqliteDatabase;
  struct State;
  explicit SqliteRows(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The one way in which this program opens SQLite databases. Nothing is ever written: no journal,
// no -wal, no -shm, no temporary file. Not thread-safe.
class SqliteDatabase {
 public:
  // Evidence, read through `content`, which must outlive the database. A database in WAL mode is
  // read as it is without its log; sqlite_wal.h lays the log over it before. Views, triggers and
  // virtual tables that it brings are not run, nor functions but the harmless ones that columns may
  // be made of (trusted_schema and views off, defensive on, an authorizer that lets tables be read
  // and nothing else); work is bounded by the size of `content`. kInvalidArgument when it is no
  // SQLite database, kCorrupt when its schema cannot be read.
  static Result<std::unique_ptr<SqliteDatabase>> open(ByteReader& content);

  // A file of the user's own, as it lies there; it must not change meanwhile. Work is not bounded.
  static Result<std::unique_ptr<SqliteDatabase>> open_file(const std::string& path);

  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // Names of an ordinary table's columns; empty when there is no such table, or it is a view or a
  // virtual one. `table` is a name of our own.
  std::vector<std::string> columns(std::string_view table);

  // `sql` is a SELECT of our own over tables that columns() knows. kCorrupt when the database
  // lacks what it names.
  Result<SqliteRows> query(const std::string& sql);

  // How SQLite would run `sql`: a line a step.
  std::vector<std::string> plan(const std::string& sql);

 private:
  struct Parts;
  explicit SqliteDatabase(std::unique_ptr<Parts> parts);
  static Result<std::unique_ptr<SqliteDatabase>> finish(std::unique_ptr<Parts> parts,
                                                        const std::string& name, int flags,
                                                        const char* file_system);
  static void restrain(Parts& parts);
  std::unique_ptr<Parts> parts_;
};

// True when a file begins as an SQLite database.
bool is_sqlite(std::string_view head);
bool begins_as_sqlite(ByteReader& content);

}  // namespace konseki

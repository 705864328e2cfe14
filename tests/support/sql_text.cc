#include "tests/support/sql_text.h"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>

#include "agent/base/handles/sqlite.h"

namespace konseki::testing {
namespace {

namespace fs = std::filesystem;

Result<SqliteHandle> run(const std::string& name, const std::string& sql) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open(name.c_str(), &raw);
  SqliteHandle handle(raw);
  if (opened != SQLITE_OK ||
      sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(ErrorCode::kInvalidArgument, sqlite3_errmsg(raw));
  }
  return handle;
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Result<std::string> build_database(const std::string& sql) {
  KONSEKI_ASSIGN(const SqliteHandle handle, run(":memory:", sql));
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, Closer<sqlite3_free>> bytes(
      sqlite3_serialize(handle.get(), "main", &size, 0));
  if (!bytes) return fail(ErrorCode::kInternal, "SQLite gives no bytes");
  return std::string(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
}

Result<LoggedDatabase> build_logged_database(const std::string& sql, const std::string& logged) {
  const fs::path folder =
      fs::temp_directory_path() / ("konseki-wal-" + std::to_string(std::random_device()()));
  fs::create_directory(folder);
  const std::string name = (folder / "db").string();
  LoggedDatabase out;
  {
    // The log is read while the connection is open; closing it would empty the log.
    auto handle = run(name, sql + "; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;");
    if (handle) {
      if (sqlite3_exec(handle->get(), logged.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(ErrorCode::kInvalidArgument, sqlite3_errmsg(handle->get()));
      }
      out.database = content_of(name);
      out.log = content_of(name + "-wal");
    } else {
      return fail(handle.error());
    }
  }
  fs::remove_all(folder);
  return out;
}

}  // namespace konseki::testing

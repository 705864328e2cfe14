#include "agent/base/sqlite_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/base/handles/sqlite.h"

namespace konseki {
namespace {

constexpr int kMostLength = 4 << 20;  // bytes of a value, a row or a statement
constexpr int kStepsBetweenChecks = 1000;
// Steps of SQLite's machine that a database may take: a row of a table is a few dozen, and takes
// more bytes than that makes here.
constexpr std::uint64_t kLeastSteps = 10'000'000;
constexpr std::uint64_t kStepsPerByte = 16;
constexpr std::uint64_t kMostSteps = 2'000'000'000;

constexpr std::uint64_t kReadVersionAt = 18;  // and the write version before; 2: WAL

struct Evidence {
  ByteReader* content = nullptr;
  // At least what the header says: SQLite reads nothing of a database that is shorter. What is
  // missing is zeros, which no page of a table begins with.
  std::uint64_t size = 0;
};

// A file that SQLite reads through a ByteReader.
struct EvidenceFile : sqlite3_file {
  const Evidence* evidence;
};

ByteReader& content_of(sqlite3_file* file) {
  return *static_cast<EvidenceFile*>(file)->evidence->content;
}

Evidence evidence_of(ByteReader& content) {
  Evidence evidence{&content, content.size()};
  std::array<std::byte, 32> header{};
  const auto count = content.read_at(0, header);
  if (!count || *count < header.size()) return evidence;
  const auto number = [&](std::size_t at, std::size_t length) {
    std::uint64_t value = 0;
    for (std::size_t i = at; i < at + length; ++i) {
      value = value << 8 | std::to_integer<std::uint64_t>(header[i]);
    }
    return value;
  };
  const std::uint64_t page = number(16, 2) == 1 ? 65536 : number(16, 2);
  evidence.size = std::max(evidence.size, page * number(28, 4));
  return evidence;
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  if (size < 0 || offset < 0) return SQLITE_IOERR_READ;
  const std::span<std::byte> bytes(static_cast<std::byte*>(out), static_cast<std::size_t>(size));
  const auto start = static_cast<std::uint64_t>(offset);
  std::size_t got = 0;
  while (got < bytes.size()) {
    const auto count = content_of(file).read_at(start + got, bytes.subspan(got));
    if (!count) return SQLITE_IOERR_READ;
    if (*count == 0) break;
    got += *count;
  }
  // As if the last connection had closed it: SQLite looks for no log of its own.
  for (std::uint64_t at = kReadVersionAt; at < kReadVersionAt + 2; ++at) {
    if (at < start || at - start >= got) continue;
    std::byte& version = bytes[static_cast<std::size_t>(at - start)];
    if (version == std::byte{2}) version = std::byte{1};
  }
  if (got == bytes.size()) return SQLITE_OK;
  std::memset(bytes.data() + got, 0, bytes.size() - got);
  return SQLITE_IOERR_SHORT_READ;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const std::uint64_t all = static_cast<EvidenceFile*>(file)->evidence->size;
  *size = static_cast<sqlite3_int64>(std::min<std::uint64_t>(all, INT64_MAX));
  return SQLITE_OK;
}

const sqlite3_io_methods* evidence_methods() {
  static const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = [](sqlite3_file*) { return SQLITE_OK; };
    methods.xRead = read_file;
    methods.xWrite = [](sqlite3_file*, const void*, int, sqlite3_int64) { return SQLITE_READONLY; };
    methods.xTruncate = [](sqlite3_file*, sqlite3_int64) { return SQLITE_READONLY; };
    methods.xSync = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xFileSize = file_size;
    methods.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xCheckReservedLock = [](sqlite3_file*, int* reserved) { return *reserved = 0; };
    methods.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
    methods.xSectorSize = [](sqlite3_file*) { return 512; };
    methods.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_IMMUTABLE; };
    return methods;
  }();
  return &kMethods;
}

// Opens the one database and nothing beside it.
int open_evidence(sqlite3_vfs* system, const char*, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
  static_cast<EvidenceFile*>(file)->evidence = static_cast<const Evidence*>(system->pAppData);
  file->pMethods = evidence_methods();
  if (out_flags != nullptr) *out_flags = SQLITE_OPEN_READONLY;
  return SQLITE_OK;
}

int no_file(sqlite3_vfs*, const char*, int, int* found) { return *found = 0; }

int same_name(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

// Nothing of this machine's time or chance.
int no_randomness(sqlite3_vfs*, int size, char* out) {
  std::memset(out, 0, static_cast<std::size_t>(size));
  return size;
}

int no_time(sqlite3_vfs*, double* day) {
  *day = 0;
  return SQLITE_OK;
}

// Reading tables, and nothing that comes from inside a view or trigger.
int authorize(void*, int action, const char*, const char*, const char*, const char* inside) {
  if (inside != nullptr) return SQLITE_DENY;
  return action == SQLITE_SELECT || action == SQLITE_READ ? SQLITE_OK : SQLITE_DENY;
}

ErrorCode code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_INTERRUPT:
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
      return ErrorCode::kLimitExceeded;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return ErrorCode::kIoError;
    default:
      return ErrorCode::kCorrupt;
  }
}

tl::unexpected<Error> failed(sqlite3* handle, int code) {
  if ((code & 0xff) == SQLITE_INTERRUPT) {
    return fail(ErrorCode::kLimitExceeded, "SQLite: more work than a database of this size takes");
  }
  return fail(code_of(code), fmt::format("SQLite: {}", sqlite3_errmsg(handle)));
}

// "file:/a%20b?immutable=1": SQLite reads a name with options as a URI.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c == '\\' ? '/' : c;
    }
  }
  return uri + "?mode=ro&immutable=1";
}

}  // namespace

struct SqliteDatabase::Parts {
  ~Parts() {
    handle.reset();
    if (registered) sqlite3_vfs_unregister(&system);
  }

  static int count_steps(void* self) {
    auto& parts = *static_cast<Parts*>(self);
    parts.steps += kStepsBetweenChecks;
    return parts.steps > parts.most_steps ? 1 : 0;
  }

  std::string name;  // of `system`
  sqlite3_vfs system{};
  bool registered = false;
  SqliteHandle handle;
  std::uint64_t steps = 0;
  std::uint64_t most_steps = 0;
  bool is_evidence = false;
  Evidence evidence;
};

struct SqliteRows::State {
  SqliteStatementHandle statement;
};

SqliteRows::SqliteRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteRows::~SqliteRows() = default;
SqliteRows::SqliteRows(SqliteRows&&) noexcept = default;

Result<bool> SqliteRows::next() {
  sqlite3_stmt* statement = state_->statement.get();
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failed(sqlite3_db_handle(statement), code);
}

std::optional<std::int64_t> SqliteRows::integer(int index) const {
  sqlite3_stmt* statement = state_->statement.get();
  const int type = sqlite3_column_type(statement, index);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return std::nullopt;
  return sqlite3_column_int64(statement, index);
}

std::string_view SqliteRows::text(int index) const {
  const std::span<const std::byte> all = bytes(index);
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

std::span<const std::byte> SqliteRows::bytes(int index) const {
  sqlite3_stmt* statement = state_->statement.get();
  // The text form of UTF-16 databases is made by the first call, so the order matters.
  const void* data = sqlite3_column_type(statement, index) == SQLITE_BLOB
                         ? sqlite3_column_blob(statement, index)
                         : sqlite3_column_text(statement, index);
  if (data == nullptr) return {};
  return {static_cast<const std::byte*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, index))};
}

void SqliteRows::bind_text(int parameter, std::string_view text) {
  sqlite3_bind_text(state_->statement.get(), parameter, text.data(), static_cast<int>(text.size()),
                    SQLITE_STATIC);
}

void SqliteRows::reset() { sqlite3_reset(state_->statement.get()); }

// What evidence may make SQLite do: read tables, within bounds.
void SqliteDatabase::restrain(Parts& parts) {
  sqlite3* raw = parts.handle.get();
  sqlite3_progress_handler(raw, kStepsBetweenChecks, Parts::count_steps, &parts);
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, kMostLength);
  sqlite3_limit(raw, SQLITE_LIMIT_SQL_LENGTH, kMostLength);
  sqlite3_limit(raw, SQLITE_LIMIT_COLUMN, 256);
  sqlite3_limit(raw, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(raw, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0, nullptr);
  // These words are ours, so they come before the authorizer.
  sqlite3_exec(raw,
               "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
               "PRAGMA automatic_index=OFF; PRAGMA cache_size=-4096;",
               nullptr, nullptr, nullptr);
  sqlite3_set_authorizer(raw, authorize, nullptr);
}

SqliteDatabase::SqliteDatabase(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteDatabase::~SqliteDatabase() = default;

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::finish(std::unique_ptr<Parts> parts,
                                                               const std::string& name, int flags,
                                                               const char* file_system) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(name.c_str(), &raw, SQLITE_OPEN_READONLY | flags, file_system);
  parts->handle.reset(raw);
  if (opened != SQLITE_OK) return failed(raw, opened);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  if (parts->is_evidence) restrain(*parts);
  return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(parts)));
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(ByteReader& content) {
  if (!begins_as_sqlite(content)) {
    return fail(ErrorCode::kInvalidArgument, "no SQLite database");
  }
  auto parts = std::make_unique<Parts>();
  parts->is_evidence = true;
  parts->most_steps =
      std::min(kMostSteps, kLeastSteps + kStepsPerByte * std::min(content.size(), kMostSteps));
  parts->name = fmt::format("konseki-{}", static_cast<const void*>(parts.get()));
  sqlite3_vfs& system = parts->system;
  system.iVersion = 1;
  system.szOsFile = sizeof(EvidenceFile);
  system.mxPathname = 64;
  system.zName = parts->name.c_str();
  parts->evidence = evidence_of(content);
  system.pAppData = &parts->evidence;
  system.xOpen = open_evidence;
  system.xDelete = [](sqlite3_vfs*, const char*, int) { return SQLITE_IOERR_DELETE; };
  system.xAccess = no_file;
  system.xFullPathname = same_name;
  system.xRandomness = no_randomness;
  system.xSleep = [](sqlite3_vfs*, int) { return 0; };
  system.xCurrentTime = no_time;
  system.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
  if (const int code = sqlite3_vfs_register(&system, 0); code != SQLITE_OK) {
    return fail(ErrorCode::kInternal, "SQLite takes no further file system");
  }
  parts->registered = true;
  const char* name = parts->system.zName;
  KONSEKI_ASSIGN(auto database, finish(std::move(parts), "evidence", 0, name));
  KONSEKI_ASSIGN(auto schema, database->query("SELECT 1 FROM sqlite_schema LIMIT 1"));
  KONSEKI_TRY(schema.next());
  return database;
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open_file(const std::string& path) {
  return finish(std::make_unique<Parts>(), immutable_uri(path), SQLITE_OPEN_URI, nullptr);
}

std::vector<std::string> SqliteDatabase::columns(std::string_view table) {
  std::vector<std::string> names;
  auto kinds = query("SELECT type, rootpage FROM sqlite_schema WHERE name=?1 COLLATE NOCASE");
  if (!kinds) return names;
  kinds->bind_text(1, table);
  bool ordinary = false;
  for (auto more = kinds->next(); more && *more; more = kinds->next()) {
    ordinary = kinds->text(0) == "table" && kinds->integer(1).value_or(0) > 0;
    if (!ordinary) return names;
  }
  if (!ordinary) return names;
  auto rows = query(fmt::format("SELECT * FROM {} LIMIT 0", table));
  if (!rows) return names;
  sqlite3_stmt* statement = rows->state_->statement.get();
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    if (const char* name = sqlite3_column_name(statement, i)) names.emplace_back(name);
  }
  return names;
}

Result<SqliteRows> SqliteDatabase::query(const std::string& sql) {
  auto state = std::make_unique<SqliteRows::State>();
  sqlite3_stmt* statement = nullptr;
  sqlite3* handle = parts_->handle.get();
  const int code =
      sqlite3_prepare_v2(handle, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
  state->statement.reset(statement);
  if (code != SQLITE_OK) return failed(handle, code);
  return SqliteRows(std::move(state));
}

std::vector<std::string> SqliteDatabase::plan(const std::string& sql) {
  std::vector<std::string> steps;
  auto rows = query("EXPLAIN QUERY PLAN " + sql);
  if (!rows) return steps;
  constexpr int kDetail = 3;
  for (auto more = rows->next(); more && *more; more = rows->next()) {
    steps.emplace_back(rows->text(kDetail));
  }
  return steps;
}

bool is_sqlite(std::string_view head) { return head.starts_with("SQLite format 3"); }

bool begins_as_sqlite(ByteReader& content) {
  char head[16] = {};
  const auto count = content.read_at(0, std::as_writable_bytes(std::span(head)));
  return count && is_sqlite({head, *count});
}

}  // namespace konseki

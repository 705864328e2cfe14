#include "agent/base/sqlite_database.h"

#include <gtest/gtest.h>

#include "agent/base/memory_reader.h"
#include "agent/base/sqlite_wal.h"
#include "tests/support/sql_text.h"

namespace konseki {
namespace {

using testing::build_database;
using testing::build_logged_database;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::vector<std::byte> copy_of(const std::string& text) {
  const auto bytes = bytes_of(text);
  return {bytes.begin(), bytes.end()};
}

// Rows of the first column, texts with a blank between.
std::string rows_of(ByteReader& content, const std::string& sql) {
  auto database = SqliteDatabase::open(content);
  if (!database) return database.error().detail;
  auto rows = (*database)->query(sql);
  if (!rows) return std::string(error_code_name(rows.error().code));
  std::string out;
  auto more = rows->next();
  for (; more && *more; more = rows->next()) out += std::string(rows->text(0)) + ' ';
  return more ? out : out + std::string(error_code_name(more.error().code));
}

std::string rows_in(const std::string& database, const std::string& sql) {
  SpanReader content(bytes_of(database));
  return rows_of(content, sql);
}

TEST(SqliteDatabase, ReadsTablesAndNothingElse) {
  const auto database = build_database(
      "CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('x'),('y');"
      "CREATE VIEW v AS SELECT a FROM t;"
      "CREATE TABLE g(a TEXT, b TEXT GENERATED ALWAYS AS (upper(a)) VIRTUAL);"
      "INSERT INTO g(a) VALUES ('z');"
      "CREATE VIRTUAL TABLE f USING fts5(a);");
  ASSERT_TRUE(database) << database.error().detail;
  EXPECT_EQ(rows_in(*database, "SELECT a FROM t"), "x y ");
  EXPECT_EQ(rows_in(*database, "SELECT a FROM v"), "corrupt");
  EXPECT_EQ(rows_in(*database, "SELECT b FROM g"), "Z ");
  EXPECT_EQ(rows_in(*database, "SELECT upper(a) FROM t"), "corrupt");
  EXPECT_EQ(rows_in(*database, "INSERT INTO t VALUES ('n')"), "corrupt");
  EXPECT_EQ(rows_in(*database, "ATTACH 'x' AS y"), "corrupt");
  SpanReader content(bytes_of(*database));
  const auto opened = SqliteDatabase::open(content);
  ASSERT_TRUE(opened);
  EXPECT_EQ((*opened)->columns("t"), std::vector<std::string>{"a"});
  EXPECT_TRUE((*opened)->columns("v").empty());
  EXPECT_TRUE((*opened)->columns("f").empty());
  EXPECT_TRUE((*opened)->columns("absent").empty());
}

TEST(SqliteDatabase, WorkIsBoundedByItsSize) {
  std::string sql = "CREATE TABLE t(a);";
  sql +=
      "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<400)"
      " SELECT i FROM n;";
  const auto database = build_database(sql);
  ASSERT_TRUE(database);
  // 400^4 rows.
  EXPECT_EQ(rows_in(*database, "SELECT 1 FROM t a, t b, t c, t d WHERE a.a+b.a+c.a+d.a<0"),
            "limit_exceeded");
}

TEST(SqliteDatabase, DamageIsAnError) {
  auto database = build_database(
      "CREATE TABLE t(a TEXT); INSERT INTO t WITH RECURSIVE n(i) AS"
      " (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2000) SELECT 'row of some length ' || i FROM "
      "n;");
  ASSERT_TRUE(database);
  std::string cut = database->substr(0, database->size() / 2);
  const std::string rows = rows_in(cut, "SELECT a FROM t");
  EXPECT_TRUE(rows.ends_with("corrupt")) << rows.substr(rows.size() > 60 ? rows.size() - 60 : 0);
  EXPECT_EQ(rows_in("no database", "SELECT 1"), "no SQLite database");
  EXPECT_EQ(rows_in("SQLite format 3" + std::string(2000, 'x'), "SELECT 1"),
            "SQLite: file is not a database");
}

TEST(SqliteWal, LogIsLaidOverTheDatabase) {
  const auto made = build_logged_database(
      "CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('old')",
      "INSERT INTO t VALUES ('new'); CREATE TABLE u(b); INSERT INTO u VALUES (zeroblob(20000));");
  ASSERT_TRUE(made) << made.error().detail;
  ASSERT_FALSE(made->log.empty());
  EXPECT_EQ(rows_in(made->database, "SELECT a FROM t"), "old ");
  const WalChanges changes = replay_wal(bytes_of(made->database).first(100), copy_of(made->log));
  EXPECT_GT(changes.frames, 0U);
  EXPECT_EQ(changes.note, "");
  SpanReader stored(bytes_of(made->database));
  ReplayedDatabase content(stored, changes);
  EXPECT_EQ(rows_of(content, "SELECT a FROM t"), "old new ");
  EXPECT_GT(content.size(), made->database.size());
}

// Whatever its log is cut to, a database is one that some transaction left behind.
TEST(SqliteWal, TruncatedAndChangedLogsEndAtAWholeTransaction) {
  const auto made =
      build_logged_database("CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('0')",
                            "INSERT INTO t VALUES ('1'); INSERT INTO t VALUES ('2');");
  ASSERT_TRUE(made);
  for (std::size_t length = 0; length <= made->log.size(); length += 509) {
    const WalChanges changes =
        replay_wal(bytes_of(made->database).first(100), copy_of(made->log.substr(0, length)));
    if (changes.frames == 0) continue;
    SpanReader stored(bytes_of(made->database));
    ReplayedDatabase content(stored, changes);
    const std::string rows = rows_of(content, "SELECT a FROM t");
    EXPECT_TRUE(rows == "0 1 " || rows == "0 1 2 ") << length << ": " << rows;
  }
  std::string changed = made->log;
  changed[32 + 24 + 100] = static_cast<char>(changed[32 + 24 + 100] ^ 1);
  const WalChanges changes = replay_wal(bytes_of(made->database).first(100), copy_of(changed));
  EXPECT_EQ(changes.frames, 0U);
  EXPECT_EQ(changes.note, "offset 32: the checksum of a frame is wrong");
  EXPECT_EQ(replay_wal(bytes_of(made->database).first(100), copy_of(std::string(40, 'x'))).note,
            "the log is of no known kind");
}

}  // namespace
}  // namespace konseki

// HistoryDatabase: what the readers of browsers' databases share.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "agent/base/sqlite_database.h"
#include "collectors/common/browser_history/history_place.h"
#include "konseki/record.h"

namespace konseki {

// The columns of one table, for queries over versions of a browser that have more or fewer.
class TableColumns {
 public:
  // Queries call the table `alias`.
  TableColumns(SqliteDatabase& database, std::string_view table, std::string_view alias)
      : names_(database.columns(table)), alias_(alias) {}

  bool exists() const { return !names_.empty(); }
  bool has(std::string_view column) const;
  // "alias.column", or "NULL" where the table lacks it.
  std::string operator()(std::string_view column) const;

 private:
  std::vector<std::string> names_;
  std::string alias_;
};

// One database that is being read: counts, bounds and the record of it. `emit` outlives it.
class HistoryDatabase {
 public:
  static constexpr std::uint64_t kMostRows = 2'000'000;  // of one table

  HistoryDatabase(SqliteDatabase& database, const HistoryPlace& place, const RecordEmitter& emit)
      : database_(database), place_(place), emit_(emit) {}

  SqliteDatabase& database() { return database_; }

  // Calls `row` for each row of `sql`; what ends it early is noted for the record of the database.
  template <class Row>
  void each_row(const std::string& sql, Row row) {
    auto rows = database_.query(sql);
    if (!rows) return damaged(rows.error());
    std::uint64_t count = 0;
    auto more = rows->next();
    for (; more && *more; more = rows->next()) {
      if (++count > kMostRows) {
        return damaged({ErrorCode::kLimitExceeded, "more rows than are read", {}});
      }
      row(*rows);
    }
    if (!more) damaged(more.error());
  }

  void visit(Record&& record, const std::optional<Timestamp>& time);
  void download(Record&& record);
  void search(Record&& record);

  // Something that every database of this kind has is not there.
  void missing(std::string_view table);
  // The record of the database; last.
  void finish();

 private:
  void damaged(const Error& error);

  SqliteDatabase& database_;
  const HistoryPlace& place_;
  const RecordEmitter& emit_;
  std::uint64_t visits_ = 0;
  std::uint64_t downloads_ = 0;
  std::uint64_t searches_ = 0;
  std::optional<Timestamp> first_;
  std::optional<Timestamp> last_;
  std::string note_;
};

// How a browser writes visits: what its numbers mean.
struct VisitForm {
  std::optional<Timestamp> (*time)(std::optional<std::int64_t> number);
  std::span<const std::string_view> transitions;  // by their numbers
  std::int64_t transition_bits = -1;              // of the number that say which
};

// Emits a visit for each row of `sql`: id, time, address, title, address before, transition, visit
// count, typed count, id of the address. The latter goes into `seen`.
void read_visit_rows(HistoryDatabase& history, const std::string& sql, const VisitForm& form,
                     std::unordered_set<std::int64_t>& seen);
// The same for addresses that are not in `seen`, whose visits were deleted: id, time of the last
// visit, address, title, visit count, typed count.
void read_expired_rows(HistoryDatabase& history, const std::string& sql, const VisitForm& form,
                       const std::unordered_set<std::int64_t>& seen);

// The record of a database of which nothing can be read.
Record damaged_history(const HistoryPlace& place, const Error& why);

// Values of a row into a record; NULL and empty ones are left out, long texts cut.
void set_text(Record& record, std::string_view field, std::string_view text);
void set_time(Record& record, std::string_view field, const std::optional<Timestamp>& time);
void set_count(Record& record, std::string_view field, std::optional<std::int64_t> count);

// The name of a number; empty for one without.
std::string_view name_of(std::span<const std::string_view> names,
                         std::optional<std::int64_t> number);

// Microseconds since 1601 (Chromium) and since 1970 (Firefox); nothing for 0 and below.
std::optional<Timestamp> webkit_time(std::optional<std::int64_t> microseconds);
std::optional<Timestamp> mozilla_time(std::optional<std::int64_t> microseconds);

void read_chromium_history(HistoryDatabase& history);
void read_firefox_history(HistoryDatabase& history);
void read_firefox_downloads(HistoryDatabase& history);

}  // namespace konseki

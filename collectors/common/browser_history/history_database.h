// HistoryDatabase: what the readers of browsers' SQLite databases share.
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
#include "collectors/common/browser_history/history_records.h"
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

// One SQLite database that is being read.
class HistoryDatabase : public HistoryRecords {
 public:
  HistoryDatabase(SqliteDatabase& database, const HistoryPlace& place, const RecordEmitter& emit)
      : HistoryRecords(place, emit), database_(database) {}

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

 private:
  SqliteDatabase& database_;
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

// Microseconds since 1601 (Chromium) and since 1970 (Firefox); nothing for 0 and below.
std::optional<Timestamp> webkit_time(std::optional<std::int64_t> microseconds);
std::optional<Timestamp> mozilla_time(std::optional<std::int64_t> microseconds);

void read_chromium_history(HistoryDatabase& history);
void read_firefox_history(HistoryDatabase& history);
void read_firefox_downloads(HistoryDatabase& history);

}  // namespace konseki

#include "collectors/common/browser_history/history_database.h"

#include <algorithm>

#include "collectors/common/browser_history/schema.h"

namespace konseki {
namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;  // from 1601

}  // namespace

bool TableColumns::has(std::string_view column) const {
  return std::find(names_.begin(), names_.end(), column) != names_.end();
}

std::string TableColumns::operator()(std::string_view column) const {
  return has(column) ? alias_ + "." + std::string(column) : "NULL";
}

void read_visit_rows(HistoryDatabase& history, const std::string& sql, const VisitForm& form,
                     std::unordered_set<std::int64_t>& seen) {
  history.each_row(sql, [&](const SqliteRows& row) {
    Record record(kBrowserVisitSchema);
    const auto time = form.time(row.integer(1));
    set_time(record, "time", time);
    set_text(record, "url", row.text(2));
    set_text(record, "title", row.text(3));
    set_text(record, "referrer", row.text(4));
    if (const auto transition = row.integer(5)) {
      set_text(record, "transition", name_of(form.transitions, *transition & form.transition_bits));
    }
    set_count(record, "visit_count", row.integer(6));
    set_count(record, "typed_count", row.integer(7));
    record.set("id", row.integer(0).value_or(0));
    seen.insert(row.integer(8).value_or(0));
    history.visit(std::move(record), time);
  });
}

void read_expired_rows(HistoryDatabase& history, const std::string& sql, const VisitForm& form,
                       const std::unordered_set<std::int64_t>& seen) {
  history.each_row(sql, [&](const SqliteRows& row) {
    const std::int64_t id = row.integer(0).value_or(0);
    if (seen.contains(id)) return;
    Record record(kBrowserVisitSchema);
    const auto time = form.time(row.integer(1));
    set_time(record, "time", time);
    set_text(record, "url", row.text(2));
    set_text(record, "title", row.text(3));
    set_count(record, "visit_count", row.integer(4));
    set_count(record, "typed_count", row.integer(5));
    record.set("expired", true);
    record.set("id", id);
    history.visit(std::move(record), time);
  });
}

std::optional<Timestamp> webkit_time(std::optional<std::int64_t> microseconds) {
  if (!microseconds || *microseconds <= 0) return std::nullopt;
  Timestamp time = Timestamp::from_unix_microseconds(*microseconds % kMicroseconds);
  time.seconds += *microseconds / kMicroseconds - kSecondsTo1970;
  return time;
}

std::optional<Timestamp> mozilla_time(std::optional<std::int64_t> microseconds) {
  if (!microseconds || *microseconds <= 0) return std::nullopt;
  return Timestamp::from_unix_microseconds(*microseconds);
}

}  // namespace konseki

#include "collectors/common/browser_history/history_database.h"

#include <algorithm>

#include "collectors/common/browser_history/schema.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = 8192;  // "data:" addresses hold whole files
constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr std::int64_t kSecondsTo1970 = 11'644'473'600;  // from 1601

void tell_place(const HistoryPlace& place, Record& record) {
  set_text(record, "browser", place.browser);
  set_text(record, "profile", place.profile);
  set_text(record, "user", place.user);
}

}  // namespace

bool TableColumns::has(std::string_view column) const {
  return std::find(names_.begin(), names_.end(), column) != names_.end();
}

std::string TableColumns::operator()(std::string_view column) const {
  return has(column) ? alias_ + "." + std::string(column) : "NULL";
}

void HistoryDatabase::visit(Record&& record, const std::optional<Timestamp>& time) {
  ++visits_;
  if (time) {
    if (!first_ || *time < *first_) first_ = time;
    if (!last_ || *last_ < *time) last_ = time;
  }
  tell_place(place_, record);
  emit_(std::move(record));
}

void HistoryDatabase::download(Record&& record) {
  ++downloads_;
  tell_place(place_, record);
  emit_(std::move(record));
}

void HistoryDatabase::search(Record&& record) {
  ++searches_;
  tell_place(place_, record);
  emit_(std::move(record));
}

void HistoryDatabase::damaged(const Error& error) {
  if (note_.empty()) note_ = error.detail;
}

void HistoryDatabase::missing(std::string_view table) {
  damaged({ErrorCode::kCorrupt, "no table " + std::string(table), {}});
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

Record damaged_history(const HistoryPlace& place, const Error& why) {
  Record record(kBrowserHistorySchema);
  tell_place(place, record);
  record.status = ParseStatus::kCorrupt;
  record.note = why.detail;
  return record;
}

void HistoryDatabase::finish() {
  Record record(kBrowserHistorySchema);
  tell_place(place_, record);
  set_time(record, "first", first_);
  set_time(record, "last", last_);
  record.set("visits", visits_);
  record.set("downloads", downloads_);
  record.set("searches", searches_);
  if (!note_.empty()) {
    record.status =
        visits_ + downloads_ + searches_ > 0 ? ParseStatus::kPartial : ParseStatus::kCorrupt;
    record.note = note_;
  }
  emit_(std::move(record));
}

void set_text(Record& record, std::string_view field, std::string_view text) {
  if (text.empty()) return;
  if (text.size() > kMostText) {
    record.status = ParseStatus::kPartial;
    record.note = "a text longer than is kept";
    text = text.substr(0, kMostText);
  }
  record.set(field, std::string(text));
}

void set_time(Record& record, std::string_view field, const std::optional<Timestamp>& time) {
  if (time) record.set(field, *time);
}

void set_count(Record& record, std::string_view field, std::optional<std::int64_t> count) {
  if (count && *count >= 0) record.set(field, static_cast<std::uint64_t>(*count));
}

std::string_view name_of(std::span<const std::string_view> names,
                         std::optional<std::int64_t> number) {
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) >= names.size()) return {};
  return names[static_cast<std::size_t>(*number)];
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

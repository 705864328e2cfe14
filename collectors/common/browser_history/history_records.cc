#include "collectors/common/browser_history/history_records.h"

#include "collectors/common/browser_history/schema.h"

namespace konseki {
namespace {

constexpr std::size_t kMostText = 8192;  // "data:" addresses hold whole files

void tell_place(const HistoryPlace& place, Record& record) {
  if (std::holds_alternative<std::monostate>(record.get("browser"))) {
    set_text(record, "browser", place.browser);
  }
  set_text(record, "profile", place.profile);
  set_text(record, "user", place.user);
}

}  // namespace

void HistoryRecords::emit(Record&& record, std::uint64_t& count) {
  ++count;
  tell_place(place_, record);
  emit_(std::move(record));
}

void HistoryRecords::visit(Record&& record, const std::optional<Timestamp>& time) {
  if (time) {
    if (!first_ || *time < *first_) first_ = time;
    if (!last_ || *last_ < *time) last_ = time;
  }
  emit(std::move(record), visits_);
}

void HistoryRecords::download(Record&& record) { emit(std::move(record), downloads_); }
void HistoryRecords::search(Record&& record) { emit(std::move(record), searches_); }
void HistoryRecords::cached(Record&& record) { emit(std::move(record), cached_); }
void HistoryRecords::cookie(Record&& record) { emit(std::move(record), cookies_); }

void HistoryRecords::damaged(const Error& error) {
  if (note_.empty()) note_ = error.detail;
}

void HistoryRecords::missing(std::string_view table) {
  damaged({ErrorCode::kCorrupt, "no table " + std::string(table), {}});
}

Record damaged_history(const HistoryPlace& place, const Error& why) {
  Record record(kBrowserHistorySchema);
  tell_place(place, record);
  record.status = ParseStatus::kCorrupt;
  record.note = why.detail;
  return record;
}

void HistoryRecords::finish() {
  Record record(kBrowserHistorySchema);
  tell_place(place_, record);
  set_time(record, "first", first_);
  set_time(record, "last", last_);
  record.set("visits", visits_);
  record.set("downloads", downloads_);
  record.set("searches", searches_);
  if (cached_ > 0) record.set("cached", cached_);
  if (cookies_ > 0) record.set("cookies", cookies_);
  if (dirty_) record.set("dirty", true);
  if (!note_.empty()) {
    const bool any = visits_ + downloads_ + searches_ + cached_ + cookies_ > 0;
    record.status = any ? ParseStatus::kPartial : ParseStatus::kCorrupt;
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

}  // namespace konseki

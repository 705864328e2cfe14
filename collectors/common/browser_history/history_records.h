// HistoryRecords: what the readers of histories emit, counted, with the record of their database.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collectors/common/browser_history/history_place.h"
#include "konseki/record.h"
#include "konseki/result.h"

namespace konseki {

// One database that is being read. `place` and `emit` outlive it.
class HistoryRecords {
 public:
  static constexpr std::uint64_t kMostRows = 2'000'000;  // of one table

  HistoryRecords(const HistoryPlace& place, const RecordEmitter& emit)
      : place_(place), emit_(emit) {}

  // Each gets browser, profile and user by its place; a browser that is set already stays.
  void visit(Record&& record, const std::optional<Timestamp>& time);
  void download(Record&& record);
  void search(Record&& record);
  void cached(Record&& record);
  void cookie(Record&& record);

  // Something that every database of this kind has is not there.
  void missing(std::string_view table);
  // Why it is not all; the first reason is kept.
  void damaged(const Error& error);
  // Not closed cleanly: its newest changes may lie in logs that are not read.
  void dirty() { dirty_ = true; }
  // The record of the database; last.
  void finish();

 private:
  void emit(Record&& record, std::uint64_t& count);

  const HistoryPlace& place_;
  const RecordEmitter& emit_;
  std::uint64_t visits_ = 0;
  std::uint64_t downloads_ = 0;
  std::uint64_t searches_ = 0;
  std::uint64_t cached_ = 0;
  std::uint64_t cookies_ = 0;
  std::optional<Timestamp> first_;
  std::optional<Timestamp> last_;
  bool dirty_ = false;
  std::string note_;
};

// The record of a database of which nothing can be read.
Record damaged_history(const HistoryPlace& place, const Error& why);

// Values of a row into a record; NULL and empty ones are left out, long texts cut.
void set_text(Record& record, std::string_view field, std::string_view text);
void set_time(Record& record, std::string_view field, const std::optional<Timestamp>& time);
void set_count(Record& record, std::string_view field, std::optional<std::int64_t> count);

// The name of a number; empty for one without.
std::string_view name_of(std::span<const std::string_view> names,
                         std::optional<std::int64_t> number);

}  // namespace konseki

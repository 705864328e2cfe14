// EseDatabase: tables of an Extensible Storage Engine database (.dat, .edb), read without its logs.
//
// Every offset is checked, no page of a table is visited twice, and what is read for long values is
// bounded by the size of the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/windows/ese/ese_page.h"
#include "collectors/windows/ese/ese_row.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki::windows {

class EseLongValue;

// `content` must outlive it. Not thread-safe.
class EseDatabase {
 public:
  static constexpr std::size_t kMostValue = std::size_t{1} << 20;  // bytes, expanded

  // kInvalidArgument when it is no such database, kUnsupported for one of another kind,
  // kCorrupt when its catalog cannot be read.
  static Result<EseDatabase> open(ByteReader& content);

  const std::vector<EseTable>& tables() const { return tables_; }  // by name
  const EseTable* table(std::string_view name) const;
  // Not closed cleanly: its newest changes may lie in logs that are not read.
  bool dirty() const { return dirty_; }

  // Each record of a table in the order of its keys. kCorrupt when pages could not be read or
  // records not be made out; all others were given.
  Result<void> each_row(const EseTable& table, const std::function<void(const EseRow&)>& row);

  // For rows.
  bool large_pages() const { return large_pages_; }
  // The value that lies apart under the id that a record holds. Nothing, and counted, when it is
  // not there or longer than kMostValue.
  std::optional<std::vector<std::byte>> long_value(const EseTable& table,
                                                   std::span<const std::byte> id);
  // Counts one that could not be read, and answers nothing.
  std::nullopt_t unread_value() {
    ++unread_values_;
    return std::nullopt;
  }
  std::uint64_t unread_values() const { return unread_values_; }

 private:
  explicit EseDatabase(ByteReader& content) : content_(content) {}
  class Walk;
  Result<void> read_header();
  Result<void> read_catalog();
  Result<EsePage> page(std::uint32_t number);
  // False when the value ends before what follows.
  bool visit_long_values(std::uint32_t number, std::size_t depth, EseLongValue& value);

  ByteReader& content_;
  std::uint32_t page_size_ = 0;
  std::uint32_t pages_ = 0;
  bool large_pages_ = false;
  bool dirty_ = false;
  std::uint64_t unread_values_ = 0;
  std::uint64_t long_value_pages_ = 0;  // that may still be read
  std::vector<EseTable> tables_;
};

}  // namespace konseki::windows

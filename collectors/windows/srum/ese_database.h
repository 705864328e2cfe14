// EseDatabase: tables of an Extensible Storage Engine database (.dat, .edb), read without its logs.
//
// Enough of the format for tables of numbers and short values: pages of 4 to 32 KiB, fixed,
// variable and tagged columns that lie in their record. Long values that lie elsewhere, compressed
// ones and multiple ones answer nothing. Every offset is checked, no page of a table is visited
// twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki::windows {

// JET_coltyp
enum class EseType : std::uint32_t {
  kBit = 1,
  kUnsignedByte,
  kShort,
  kLong,
  kCurrency,
  kSingle,
  kDouble,
  kDateTime,
  kBinary,
  kText,
  kLongBinary,
  kLongText,
  kSuperLongValue,
  kUnsignedLong,
  kLongLong,
  kGuid,
  kUnsignedShort,
};

struct EseColumn {
  std::uint32_t id = 0;  // 1.. fixed, 128.. variable, 256.. tagged
  EseType type = EseType::kBit;
  std::string name;
};

struct EseTable {
  std::string name;
  std::uint32_t root = 0;  // page number
  std::vector<EseColumn> columns;

  // Null when there is no such column; names compare as they are.
  const EseColumn* column(std::string_view name) const;
};

// One record; valid during the call that gives it. Null columns, and those it has not, answer
// nothing.
class EseRow {
 public:
  EseRow(const EseTable& table, std::span<const std::byte> record, bool large_pages)
      : table_(table), record_(record), large_pages_(large_pages) {}

  std::optional<std::span<const std::byte>> bytes(const EseColumn* column) const;
  // Numbers of every width; unsigned ones of eight bytes do not exist.
  std::optional<std::int64_t> integer(const EseColumn* column) const;
  // A DateTime (days since 1899-12-30 as a double), UTC as most programs store it.
  std::optional<Timestamp> time(const EseColumn* column) const;

 private:
  std::optional<std::span<const std::byte>> fixed(std::uint32_t id) const;
  std::optional<std::span<const std::byte>> tagged(std::uint32_t id) const;

  const EseTable& table_;
  std::span<const std::byte> record_;
  bool large_pages_;
};

// `content` must outlive it. Not thread-safe.
class EseDatabase {
 public:
  // kInvalidArgument when it is no such database, kUnsupported for one of another kind,
  // kCorrupt when its catalog cannot be read.
  static Result<EseDatabase> open(ByteReader& content);

  const std::vector<EseTable>& tables() const { return tables_; }
  const EseTable* table(std::string_view name) const;
  // Not closed cleanly: its newest changes may lie in logs that are not read.
  bool dirty() const { return dirty_; }

  // Each record of a table in the order of its keys. kCorrupt when pages could not be read or
  // records not be made out; all others were given.
  Result<void> each_row(const EseTable& table, const std::function<void(const EseRow&)>& row);

 private:
  explicit EseDatabase(ByteReader& content) : content_(content) {}
  struct Page;
  class Walk;
  Result<void> read_header();
  Result<void> read_catalog();
  Result<Page> page(std::uint32_t number);

  ByteReader& content_;
  std::uint32_t page_size_ = 0;
  std::uint32_t pages_ = 0;
  bool large_pages_ = false;
  bool dirty_ = false;
  std::vector<EseTable> tables_;
};

}  // namespace konseki::windows

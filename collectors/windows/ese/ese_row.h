// EseRow: one record of a table, its cells by column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/time.h"

namespace konseki::windows {

class EseDatabase;

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
  std::uint32_t code_page = 0;  // of text: 1200 for UTF-16
  std::string name;
};

struct EseTable {
  std::string name;
  std::uint32_t root = 0;         // page number
  std::uint32_t long_values = 0;  // root of those that lie apart; 0: there are none
  std::vector<EseColumn> columns;

  // Null when there is no such column; names compare as they are.
  const EseColumn* column(std::string_view name) const;
};

// Valid during the call that gives it. Null columns, and those it has not, answer nothing.
class EseRow {
 public:
  EseRow(EseDatabase& database, const EseTable& table, std::span<const std::byte> record)
      : database_(database), table_(table), record_(record) {}

  // As it lies in the record: nothing for values that are compressed or lie elsewhere.
  std::optional<std::span<const std::byte>> bytes(const EseColumn* column) const;
  // Numbers of every width; unsigned ones of eight bytes do not exist.
  std::optional<std::int64_t> integer(const EseColumn* column) const;
  // A DateTime (days since 1899-12-30 as a double), UTC as most programs store it.
  std::optional<Timestamp> time(const EseColumn* column) const;
  // A FILETIME in a number of eight bytes; nothing for 0 and for "never".
  std::optional<Timestamp> filetime(const EseColumn* column) const;

  // Expanded, and fetched from where it lies. What cannot be had answers nothing and is counted by
  // the database.
  std::optional<std::vector<std::byte>> whole(const EseColumn* column) const;
  // The same as UTF-8 by the column's code page, up to the first NUL; empty where there is none.
  std::string text(const EseColumn* column) const;

 private:
  struct Cell {
    std::span<const std::byte> bytes;
    unsigned flags = 0;  // of tagged columns
  };
  std::optional<Cell> cell(const EseColumn* column) const;
  std::optional<Cell> fixed(std::uint32_t id) const;
  std::optional<Cell> variable(std::uint32_t id) const;
  std::optional<Cell> tagged(std::uint32_t id) const;

  EseDatabase& database_;
  const EseTable& table_;
  std::span<const std::byte> record_;
};

}  // namespace konseki::windows

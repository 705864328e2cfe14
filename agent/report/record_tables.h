// Which fields of which record schemas the HTML report shows, under what names.
#pragma once

#include <span>
#include <string_view>

#include "agent/report/html_table.h"

namespace konseki {

enum class TableGroup { kLive, kPeople, kOther };

struct RecordColumn {
  std::string_view field;  // "a:b" shows two fields joined, as address and port
  CellKind kind = CellKind::kEvidence;
  std::string_view en;
  std::string_view ja;
};

struct RecordTable {
  std::string_view schema;
  TableGroup group = TableGroup::kOther;
  std::string_view en;
  std::string_view ja;
  std::span<const RecordColumn> columns;  // empty: chosen from the fields present
  std::string_view newest = {};           // time field by which the newest rows come first
};

// In the order of the report. Schemas that are not here get a table by their own field names.
std::span<const RecordTable> record_tables();

// The table for a schema; null when it has none of its own.
const RecordTable* find_record_table(std::string_view schema);

}  // namespace konseki

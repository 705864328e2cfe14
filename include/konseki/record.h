// Record and RecordSchema: typed rows, what every parser produces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "konseki/path_spec.h"
#include "konseki/text.h"
#include "konseki/time.h"

namespace konseki {

enum class FieldType {
  kBool,
  kInt,   // std::int64_t
  kUint,  // std::uint64_t
  kDouble,
  kText,      // UTF-8; ill-formed bytes become %XX when written, never dropped
  kBytes,     // written as lower-case hex
  kTime,      // Timestamp
  kTextList,  // std::vector<std::string>
};

// One column. `timestamp_desc` (Timesketch's term, e.g. "Last Executed") is set for kTime fields
// that belong on a timeline and empty for all others.
struct FieldSpec {
  std::string_view name;  // snake_case, the field's standard term where one exists
  FieldType type = FieldType::kText;
  std::string_view description;
  std::string_view timestamp_desc = {};
};

// A record family such as "windows.prefetch". Schemas are constants with static storage.
struct RecordSchema {
  std::string_view name;  // "<os>.<noun>", also the member name konseki/records/<name>.jsonl
  std::string_view description;
  std::span<const FieldSpec> fields;

  // Index of the field, or fields.size() when there is none of that name.
  std::size_t index_of(std::string_view field) const;
};

using Bytes = std::vector<std::byte>;
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
                           Bytes, Timestamp, std::vector<std::string>>;

enum class ParseStatus {
  kComplete,
  kPartial,  // some of it could be read; `note` says what is missing
  kCorrupt,  // damage in the evidence; `note` says what and where
};

// One row. Owns its values. Fields never set are left out of the JSON.
class Record {
 public:
  explicit Record(const RecordSchema& schema) : schema_(&schema), values_(schema.fields.size()) {}

  const RecordSchema& schema() const { return *schema_; }

  // Sets a field by name. A name that the schema lacks is our own bug and aborts the process in
  // debug builds; release builds ignore it.
  void set(std::string_view field, Value value);
  // The same by its place in the schema, for parsers of many rows.
  void set_at(std::size_t index, Value value) { values_.at(index) = std::move(value); }
  // The value of a field; monostate when unset or unknown.
  const Value& get(std::string_view field) const;
  std::span<const Value> values() const { return values_; }

  PathSpec source;  // filled by the pipeline but for `range` and members
  ParseStatus status = ParseStatus::kComplete;
  std::string note;  // why partial or corrupt; technical English

 private:
  const RecordSchema* schema_;
  std::vector<Value> values_;
};

// Takes records one at a time from a parser.
using RecordEmitter = std::function<void(Record&&)>;

}  // namespace konseki

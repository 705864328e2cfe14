// RecordReader: lines of konseki/records/<schema>.jsonl turned back into Records.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/json_view.h"
#include "konseki/record.h"
#include "konseki/result.h"

namespace konseki {

// Reads the rows of one record family. Fields that the schema knows get its types; others, as a
// newer version may write, are kept under their own name with the type that the row shows (text
// that is a timestamp as written by this program is one). Records point to schemas that the reader
// owns, so it must outlive them. Not thread-safe.
class RecordReader {
 public:
  // `known`: the schema of this version; null when it has none of that name.
  RecordReader(std::string name, const RecordSchema* known);
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // kCorrupt when the line is not one whole JSON object.
  Result<Record> read(std::string_view line);

  const std::string& name() const { return name_; }
  // Fields that rows hold and the known schema lacks, at most kMostUnknownFields; those beyond are
  // left out of the records.
  static constexpr std::size_t kMostUnknownFields = 256;
  std::size_t unknown_fields() const { return unknown_fields_; }

 private:
  const RecordSchema& schema_with(const std::vector<FieldSpec>& more);
  Value value_of(const JsonView& json, FieldType type) const;

  std::string name_;
  std::deque<std::string> names_;              // of fields that no schema had
  std::deque<std::vector<FieldSpec>> fields_;  // of the schemas made here
  std::deque<RecordSchema> schemas_;           // the last one has every field seen so far
  std::map<std::string, std::size_t, std::less<>> index_;  // field -> position in schemas_.back()
  std::size_t unknown_fields_ = 0;
};

// The object "source" of a row; empty parts where it says nothing.
PathSpec read_path_spec(const JsonView& json);

}  // namespace konseki

// Which fields of a record are points in time that belong on a timeline, and what they mean.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string_view>

#include "agent/base/json_view.h"
#include "konseki/record.h"

namespace konseki {

// Schemas by name. Keeps pointers to them; they have static storage.
class SchemaTable {
 public:
  explicit SchemaTable(std::span<const RecordSchema* const> schemas);
  const RecordSchema* find(std::string_view name) const;  // null when unknown

 private:
  std::map<std::string_view, const RecordSchema*> schemas_;
};

struct EventTime {
  std::string_view field;
  std::string_view desc;  // Timesketch's timestamp_desc
  Timestamp time;
};

// Calls `each` for every time of one record line, in the line's order. With a schema: the fields
// it gives a timestamp_desc. Without (records of a newer or foreign version): every field whose
// text is a timestamp as bundles write it, under the field's own name. Lists of times give one
// event each.
void for_each_event_time(JsonView record, const RecordSchema* schema,
                         const std::function<void(const EventTime&)>& each);

}  // namespace konseki

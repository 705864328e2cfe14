#include "agent/report/event_times.h"

#include "agent/report/time_text.h"

namespace konseki {
namespace {

// The description of a field's times, or empty when they do not belong on a timeline.
std::string_view desc_of(const RecordSchema* schema, std::string_view field) {
  if (!schema) return field;
  const std::size_t index = schema->index_of(field);
  return index < schema->fields.size() ? schema->fields[index].timestamp_desc : std::string_view{};
}

}  // namespace

SchemaTable::SchemaTable(std::span<const RecordSchema* const> schemas) {
  for (const RecordSchema* schema : schemas) schemas_.emplace(schema->name, schema);
}

const RecordSchema* SchemaTable::find(std::string_view name) const {
  const auto found = schemas_.find(name);
  return found == schemas_.end() ? nullptr : found->second;
}

void for_each_event_time(JsonView record, const RecordSchema* schema,
                         const std::function<void(const EventTime&)>& each) {
  auto offer = [&](std::string_view field, std::string_view desc, const JsonView& value) {
    if (const auto time = parse_timestamp(value.plain())) each({field, desc, *time});
  };
  for (JsonItems members(record); members.next();) {
    const JsonView& value = members.value();
    if (value.kind != JsonKind::kText && value.kind != JsonKind::kArray) continue;
    const std::string_view desc = desc_of(schema, members.name());
    if (desc.empty()) continue;
    if (value.kind == JsonKind::kText) {
      offer(members.name(), desc, value);
    } else {
      for (JsonItems list(value); list.next();) offer(members.name(), desc, list.value());
    }
  }
}

}  // namespace konseki

#include "agent/base/record_json.h"

namespace konseki {
namespace {

struct ValueWriter {
  JsonWriter& json;
  void operator()(std::monostate) const { json.null(); }
  void operator()(bool value) const { json.boolean(value); }
  void operator()(std::int64_t value) const { json.number(value); }
  void operator()(std::uint64_t value) const { json.number(value); }
  void operator()(double value) const { json.number(value); }
  void operator()(const std::string& value) const { json.text(value); }
  void operator()(const Bytes& value) const { json.hex(value); }
  void operator()(const Timestamp& value) const { json.time(value); }
  void operator()(const std::vector<std::string>& value) const {
    json.begin_array();
    for (const std::string& text : value) json.text(text);
    json.end_array();
  }
};

void write_fields(JsonWriter& json, const Record& record) {
  json.field("schema", record.schema().name);
  for (std::size_t i = 0; i < record.values().size(); ++i) {
    const Value& value = record.values()[i];
    if (std::holds_alternative<std::monostate>(value)) continue;
    json.key(record.schema().fields[i].name);
    std::visit(ValueWriter{json}, value);
  }
  if (record.status != ParseStatus::kComplete) {
    json.field("status", record.status == ParseStatus::kPartial ? "partial" : "corrupt");
  }
  if (!record.note.empty()) json.field("note", std::string_view(record.note));
}

void field_unless_empty(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.field(name, value);
}

}  // namespace

void write_path_spec(JsonWriter& json, const PathSpec& source) {
  json.begin_object();
  field_unless_empty(json, "evidence", source.evidence);
  field_unless_empty(json, "volume", source.volume);
  field_unless_empty(json, "snapshot", source.snapshot);
  field_unless_empty(json, "path", source.path);
  field_unless_empty(json, "stream", source.stream);
  if (!source.members.empty()) {
    json.key("members");
    json.begin_array();
    for (const std::string& member : source.members) json.text(member);
    json.end_array();
  }
  if (source.range) {
    json.field("offset", source.range->offset);
    json.field("length", source.range->length);
  }
  json.end_object();
}

void write_record(JsonWriter& json, const Record& record) {
  json.begin_object();
  write_fields(json, record);
  json.key("source");
  write_path_spec(json, record.source);
  json.end_object();
}

std::string record_json(const Record& record) {
  std::string out;
  JsonWriter json(out);
  write_record(json, record);
  return out;
}

std::string record_json_without_source(const Record& record) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_fields(json, record);
  json.end_object();
  return out;
}

}  // namespace konseki

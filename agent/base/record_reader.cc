#include "agent/base/record_reader.h"

#include <charconv>
#include <optional>
#include <utility>

#include "agent/base/parse_timestamp.h"

namespace konseki {
namespace {

// Of the row itself, not of its schema.
bool is_frame_field(std::string_view name) {
  return name == "schema" || name == "source" || name == "status" || name == "note";
}

FieldType type_of(const JsonView& json) {
  switch (json.kind) {
    case JsonKind::kBoolean:
      return FieldType::kBool;
    case JsonKind::kNumber:
      if (json.raw.find_first_of(".eE") != std::string_view::npos) return FieldType::kDouble;
      return json.raw.starts_with('-') ? FieldType::kInt : FieldType::kUint;
    case JsonKind::kArray:
      return FieldType::kTextList;
    case JsonKind::kText:
      return parse_timestamp(json.plain()) ? FieldType::kTime : FieldType::kText;
    case JsonKind::kNone:
    case JsonKind::kNull:
    case JsonKind::kObject:
      break;
  }
  return FieldType::kText;
}

std::optional<Bytes> bytes_of_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  Bytes out(hex.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    unsigned value = 0;
    const char* first = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(first, first + 2, value, 16);
    if (error != std::errc() || end != first + 2) return std::nullopt;
    out[i] = static_cast<std::byte>(value);
  }
  return out;
}

double number_of(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

RecordReader::RecordReader(std::string name, const RecordSchema* known) : name_(std::move(name)) {
  std::vector<FieldSpec>& fields = fields_.emplace_back();
  if (known) fields.assign(known->fields.begin(), known->fields.end());
  for (std::size_t i = 0; i < fields.size(); ++i) index_.emplace(fields[i].name, i);
  schemas_.push_back({name_, known ? known->description : std::string_view(), fields});
}

// Earlier records keep the schema they were made with.
const RecordSchema& RecordReader::schema_with(const std::vector<FieldSpec>& more) {
  if (more.empty()) return schemas_.back();
  std::vector<FieldSpec>& fields = fields_.emplace_back(fields_.back());
  for (const FieldSpec& field : more) {
    index_.emplace(field.name, fields.size());
    fields.push_back(field);
    ++unknown_fields_;
  }
  schemas_.push_back({name_, schemas_.front().description, fields});
  return schemas_.back();
}

// A value that contradicts its type is kept as the row has it, as text.
Value RecordReader::value_of(const JsonView& json, FieldType type) const {
  if (json.kind == JsonKind::kNull || json.kind == JsonKind::kNone) return {};
  switch (type) {
    case FieldType::kBool:
      if (json.kind == JsonKind::kBoolean) return json.is_true();
      break;
    case FieldType::kInt:
      if (json.kind == JsonKind::kNumber) return json.signed_number();
      break;
    case FieldType::kUint:
      if (json.kind == JsonKind::kNumber) return json.unsigned_number();
      break;
    case FieldType::kDouble:
      if (json.kind == JsonKind::kNumber) return number_of(json.raw);
      break;
    case FieldType::kBytes:
      if (auto bytes = bytes_of_hex(json.plain())) return *std::move(bytes);
      break;
    case FieldType::kTime:
      if (const auto time = parse_timestamp(json.plain())) return *time;
      break;
    case FieldType::kTextList:
      if (json.kind == JsonKind::kArray) return json.texts();
      break;
    case FieldType::kText:
      break;
  }
  return json.kind == JsonKind::kText ? json.text() : std::string(json.raw);
}

Result<Record> RecordReader::read(std::string_view line) {
  const JsonView row = json_view(line);
  if (row.kind != JsonKind::kObject) {
    return fail(ErrorCode::kCorrupt, "konseki/records/" + name_ + ".jsonl: a line is no JSON");
  }
  std::vector<std::pair<std::string_view, JsonView>> values;
  std::vector<FieldSpec> more;
  JsonItems items(row);
  while (items.next()) {
    if (is_frame_field(items.name())) continue;
    values.emplace_back(items.name(), items.value());
    if (index_.contains(items.name())) continue;
    bool is_new = true;  // a row may say a name twice
    for (const FieldSpec& field : more) is_new = is_new && field.name != items.name();
    is_new = is_new && unknown_fields_ + more.size() < kMostUnknownFields;
    if (is_new) more.push_back({names_.emplace_back(items.name()), type_of(items.value()), {}, {}});
  }
  if (items.damaged()) {
    return fail(ErrorCode::kCorrupt, "konseki/records/" + name_ + ".jsonl: a line is damaged");
  }
  const RecordSchema& schema = schema_with(more);
  Record record(schema);
  for (const auto& [name, json] : values) {
    const auto at = index_.find(name);
    if (at == index_.end()) continue;
    const FieldSpec& field = schema.fields[at->second];
    record.set(field.name, value_of(json, field.type));
  }
  const std::string_view status = row["status"].plain();
  if (status == "partial") record.status = ParseStatus::kPartial;
  if (status == "corrupt") record.status = ParseStatus::kCorrupt;
  record.note = row["note"].text();
  record.source = read_path_spec(row["source"]);
  return record;
}

PathSpec read_path_spec(const JsonView& json) {
  PathSpec spec;
  spec.evidence = json["evidence"].text();
  spec.volume = json["volume"].text();
  spec.snapshot = json["snapshot"].text();
  spec.path = json["path"].text();
  spec.stream = json["stream"].text();
  spec.members = json["members"].texts();
  if (json["length"]) {
    spec.range = ByteRange{json["offset"].unsigned_number(), json["length"].unsigned_number()};
  }
  return spec;
}

}  // namespace konseki

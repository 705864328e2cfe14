#include "agent/report/timeline_row.h"

#include <algorithm>
#include <array>

#include "agent/base/json_writer.h"
#include "agent/base/unicode.h"
#include "agent/report/csv.h"
#include "agent/report/time_text.h"

namespace konseki {
namespace {

// OpenSearch indexes at most 32,766 bytes of a keyword.
constexpr std::size_t kMaxText = 32'000;
constexpr std::size_t kMaxMessage = 1'000;
constexpr std::size_t kMaxMessageField = 200;

constexpr auto kReserved = std::to_array<std::string_view>(
    {"datetime", "timestamp", "timestamp_desc", "message", "hostname", "schema", "data_type",
     "path", "tag", "label", "source", "source_offset", "source_length", "source_snapshot"});

// Facts of a file that an event repeats; the rest stays in files.jsonl.
constexpr auto kFileFields = std::to_array<FileField>(
    {FileField::kType, FileField::kSize, FileField::kStatus, FileField::kReason, FileField::kSha256,
     FileField::kInode, FileField::kSequence, FileField::kMode, FileField::kUid, FileField::kGid,
     FileField::kOwner, FileField::kLinkTarget, FileField::kAllocation, FileField::kMember,
     FileField::kPackage, FileField::kPackageState});

// Text of at most `most` bytes, cut between characters and saying so.
std::string limited(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t at = most;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  const std::size_t cut = text.size() - at;
  text.resize(at);
  return text + "...[" + std::to_string(cut) + " bytes more]";
}

bool is_reserved(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

// A value as JSON again: texts limited, everything else as it stands.
void write_value(JsonWriter& json, const JsonView& value) {
  const auto is_ascii = [](char c) { return c >= 0x20 && c < 0x7F; };
  if (value.kind == JsonKind::kText && value.raw.size() <= kMaxText &&
      std::all_of(value.raw.begin(), value.raw.end(), is_ascii)) {
    json.raw(value.raw);
  } else if (value.kind == JsonKind::kText) {
    json.text(limited(value.text(), kMaxText));
  } else if (value.kind == JsonKind::kArray || value.kind == JsonKind::kObject) {
    if (value.raw.size() <= kMaxText && is_well_formed_utf8(value.raw)) {
      json.raw(value.raw);
    } else {
      json.text(limited(to_well_formed(value.raw), kMaxText));
    }
  } else {
    json.raw(value.raw);
  }
}

void write_key(JsonWriter& json, std::string& key, std::string_view name) {
  key.assign(is_reserved(name) ? "record_" : "");
  key += to_well_formed(name);
  json.key(key);
}

// Where the record came from, with stream and members of containers.
std::string address_of(JsonView source) {
  std::string address = source["path"].text();
  if (const JsonView stream = source["stream"]) address += ':' + stream.text();
  for (const std::string& member : source["members"].texts()) address += '!' + member;
  return address;
}

void write_address_details(JsonWriter& json, JsonView source) {
  if (const JsonView snapshot = source["snapshot"]) {
    json.field("source_snapshot", std::string_view(snapshot.text()));
  }
  if (source["length"]) {
    json.field("source_offset", source["offset"].unsigned_number());
    json.field("source_length", source["length"].unsigned_number());
  }
}

// "linux.cron: user=root command=/usr/bin/x": the fields that are no times, as far as they go.
std::string message_of(std::string_view schema, JsonView record) {
  std::string message(schema);
  message += ':';
  for (JsonItems fields(record); fields.next();) {
    const JsonView& value = fields.value();
    if (fields.name() == "schema" || fields.name() == "source") continue;
    if (parse_timestamp(value.plain())) continue;
    message += ' ';
    message += to_well_formed(fields.name());
    message += '=';
    const bool is_text = value.kind == JsonKind::kText;
    message += limited(is_text ? value.text() : to_well_formed(value.raw), kMaxMessageField);
    if (message.size() > kMaxMessage) break;
  }
  return message;
}

// "[high] rule: C:/x: why".
std::string finding_message(JsonView finding) {
  std::string message = '[' + finding["severity"].text() + "] ";
  const std::string title = finding["title"].text();
  message += title.empty() ? finding["rule"].text() : title;
  for (const std::string_view part : {"path", "reason_en"}) {
    if (const std::string text = finding[part].text(); !text.empty()) message += ": " + text;
  }
  return limited(std::move(message), kMaxMessage);
}

std::string message_of(const FileRowView& row) {
  std::string message = row.name();
  if (const JsonView& target = row[FileField::kLinkTarget]) message += " -> " + target.text();
  if (const JsonView& state = row[FileField::kAllocation]) message += " (" + state.text() + ")";
  return message;
}

void write_record_fields(JsonWriter& json, JsonView record) {
  std::string key;
  for (JsonItems fields(record); fields.next();) {
    if (fields.name() == "schema" || fields.name() == "source") continue;
    write_key(json, key, fields.name());
    write_value(json, fields.value());
  }
  write_address_details(json, record["source"]);
}

void write_file_fields(JsonWriter& json, const FileRowView& row) {
  for (const FileField field : kFileFields) {
    if (!row[field]) continue;
    json.key(file_field_name(field));
    write_value(json, row[field]);
  }
}

template <class WriteFields>
std::string json_row(std::string_view message, std::string_view hostname, std::string_view schema,
                     std::string_view path, const WriteFields& write_fields) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("message", std::string_view(limited(std::string(message), kMaxText)));
  json.field("hostname", hostname);
  json.field("data_type", std::string_view("konseki:" + std::string(schema)));
  json.field("schema", schema);
  json.field("path", std::string_view(limited(std::string(path), kMaxText)));
  write_fields(json);
  json.end_object();
  return out;
}

template <class WriteFields>
std::string csv_row(TimelineFormat format, std::initializer_list<std::string_view> cells,
                    const WriteFields& write_fields) {
  std::string fields;
  JsonWriter json(fields);
  json.begin_object();
  write_fields(json);
  json.end_object();
  std::string out;
  const auto append = [&](std::string_view cell) {
    if (!out.empty()) out += ',';
    const std::string text = limited(std::string(cell), kMaxText);
    if (format == TimelineFormat::kSpreadsheetCsv) {
      append_spreadsheet_cell(out, text);
    } else {
      append_csv_cell(out, text);
    }
  };
  for (const std::string_view cell : cells) append(cell);
  append(fields);
  return out;
}

std::string file_row(TimelineFormat format, std::string_view hostname, const FileRowView& row) {
  const auto fields = [&](JsonWriter& json) { write_file_fields(json, row); };
  const std::string message = message_of(row);
  const std::string path = row.name();
  if (format == TimelineFormat::kJsonl) return json_row(message, hostname, "file", path, fields);
  return csv_row(
      format,
      {message, hostname, "file", path, row[FileField::kSize].raw, row[FileField::kSha256].plain()},
      fields);
}

std::string record_row(TimelineFormat format, std::string_view hostname, std::string_view schema,
                       JsonView record) {
  const auto fields = [&](JsonWriter& json) { write_record_fields(json, record); };
  const std::string message =
      schema == kFindingSchema ? finding_message(record) : message_of(schema, record);
  const std::string path = address_of(record["source"]);
  if (format == TimelineFormat::kJsonl) return json_row(message, hostname, schema, path, fields);
  return csv_row(format, {message, hostname, schema, path, "", ""}, fields);
}

}  // namespace

std::string_view timeline_header(TimelineFormat format) {
  constexpr std::string_view kHeader =
      "\xEF\xBB\xBF"
      "datetime,timestamp,timestamp_desc,message,hostname,schema,path,size,sha256,fields\r\n";
  switch (format) {
    case TimelineFormat::kSpreadsheetCsv:
      return kHeader;
    case TimelineFormat::kCsv:
      return kHeader.substr(3);
    case TimelineFormat::kJsonl:
      break;
  }
  return {};
}

std::string timeline_source_of_file(const FileRowView& row) {
  std::string source = "{";
  const auto copy = [&](FileField field) {
    if (!row[field]) return;
    if (source.size() > 1) source += ',';
    source += '"';
    source += file_field_name(field);
    source += "\":";
    source += row[field].raw;
  };
  copy(FileField::kPath);
  copy(FileField::kStream);
  for (const FileField field : kFileFields) copy(field);
  return source + '}';
}

std::string timeline_row(TimelineFormat format, std::string_view hostname, std::string_view schema,
                         JsonView source) {
  if (schema == "file") return file_row(format, hostname, file_row_view(source.raw));
  return record_row(format, hostname, schema, source);
}

void append_timeline_line(std::string& out, TimelineFormat format, const Timestamp& time,
                          std::string_view timestamp_desc, std::string_view row) {
  if (format == TimelineFormat::kJsonl) {
    JsonWriter json(out);
    json.begin_object();
    json.field("datetime", std::string_view(timesketch_datetime(time)));
    json.field("timestamp", unix_microseconds(time));
    json.field("timestamp_desc", timestamp_desc);
    out += ',';
    out += row.substr(1);  // the row is an object; its brace closes ours
    out += '\n';
    return;
  }
  out += timesketch_datetime(time);
  out += ',';
  out += std::to_string(unix_microseconds(time));
  out += ',';
  append_csv_cell(out, timestamp_desc);
  out += ',';
  out += row;
  out += "\r\n";
}

}  // namespace konseki

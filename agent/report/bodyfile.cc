#include "agent/report/bodyfile.h"

#include <array>
#include <optional>

#include "agent/base/file_row_view.h"
#include "agent/base/unicode.h"
#include "agent/report/bundle_lines.h"
#include "agent/report/event_times.h"
#include "agent/report/time_text.h"
#include "agent/report/visible_text.h"

namespace konseki {
namespace {

constexpr std::size_t kWriteSize = std::size_t{256} << 10;

void append_name(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    const std::uint32_t c = next_code_point(text, at);
    if (c != '|' && !is_hidden(c)) {
      out.append(text, start, at - start);
      continue;
    }
    for (const char byte : text.substr(start, at - start)) {
      out += '%';
      out += kHex[static_cast<unsigned char>(byte) >> 4];
      out += kHex[static_cast<unsigned char>(byte) & 15];
    }
  }
}

char type_letter(std::string_view type) {
  if (type == "file") return 'r';
  if (type == "directory") return 'd';
  if (type == "symlink") return 'l';
  if (type == "fifo") return 'p';
  if (type == "char") return 'c';
  if (type == "block") return 'b';
  if (type == "socket") return 's';
  return '-';
}

// "r/rrwxr-xr-x", as fls writes name type, metadata type and permissions.
std::string mode_text(std::string_view type, std::string_view octal) {
  const char letter = type_letter(type);
  std::string text{letter, '/', letter};
  unsigned mode = 0;
  for (const char digit : octal) {
    if (digit < '0' || digit > '7') return text + "---------";
    mode = mode << 3 | static_cast<unsigned>(digit - '0');
  }
  constexpr std::string_view kLetters = "rwxrwxrwx";
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    text += (mode >> (8 - i) & 1) != 0 ? kLetters[i] : '-';
  }
  const auto special = [&](unsigned bit, std::size_t place, char set, char plain) {
    if ((mode & bit) != 0) text[place] = text[place] == 'x' ? set : plain;
  };
  special(04000, 5, 's', 'S');
  special(02000, 8, 's', 'S');
  special(01000, 11, 't', 'T');
  return text;
}

std::string seconds_of(const JsonView& value) {
  const auto time = parse_timestamp(value.plain());
  return time ? std::to_string(time->seconds) : "0";
}

void append_number(std::string& out, const JsonView& value) {
  out += '|';
  out += value.kind == JsonKind::kNumber ? value.raw : std::string_view("0");
}

void append_file_line(std::string& out, const FileRowView& row, std::string_view mark,
                      const std::array<FileField, 4>& times) {
  const std::string_view md5 = row[FileField::kMd5].plain();
  out += md5.empty() ? std::string_view("0") : md5;
  out += '|';
  append_name(out, row.name());
  if (const JsonView& target = row[FileField::kLinkTarget]) {
    out += " -> ";
    append_name(out, target.text());
  }
  if (row[FileField::kAllocation]) out += " (deleted)";
  out += mark;
  append_number(out, row[FileField::kInode]);
  out += '|';
  out += mode_text(row[FileField::kType].plain(), row[FileField::kMode].plain());
  append_number(out, row[FileField::kUid]);
  append_number(out, row[FileField::kGid]);
  append_number(out, row[FileField::kSize]);
  for (const FileField time : times) out += '|' + seconds_of(row[time]);
  out += '\n';
}

void append_file(std::string& out, std::string_view line) {
  constexpr std::array<FileField, 4> kTimes = {FileField::kAccessed, FileField::kModified,
                                               FileField::kChanged, FileField::kCreated};
  constexpr std::array<FileField, 4> kNameTimes = {FileField::kFnAccessed, FileField::kFnModified,
                                                   FileField::kFnChanged, FileField::kFnCreated};
  const FileRowView row = file_row_view(line);
  if (row.repeats()) return;  // told already
  append_file_line(out, row, "", kTimes);
  for (const FileField time : kNameTimes) {
    if (row[time]) return append_file_line(out, row, " ($FILE_NAME)", kNameTimes);
  }
}

void append_record(std::string& out, std::string_view schema, JsonView record,
                   const EventTime& event) {
  out += "0|[";
  append_name(out, schema);
  out += "] ";
  append_name(out, event.desc);
  out += ": ";
  append_name(out, record["source"]["path"].text());
  out += "|0|0|0|0|0|0|" + std::to_string(event.time.seconds) + "|0|0\n";
}

}  // namespace

Result<void> write_bodyfile(BundleReader& bundle, std::span<const RecordSchema* const> schemas,
                            const Output& write) {
  const SchemaTable table(schemas);
  std::string out;
  const auto flush_when_full = [&]() -> Result<void> {
    if (out.size() < kWriteSize) return {};
    KONSEKI_TRY(write(out));
    out.clear();
    return {};
  };
  KONSEKI_TRY(each_line(bundle, "files", [&](std::string_view line) {
    append_file(out, line);
    return flush_when_full();
  }));
  for (const std::string& name : record_schemas(bundle)) {
    const RecordSchema* schema = table.find(name);
    KONSEKI_TRY(each_line(bundle, "records/" + name, [&](std::string_view line) {
      const JsonView record = json_view(line);
      for_each_event_time(record, schema,
                          [&](const EventTime& event) { append_record(out, name, record, event); });
      return flush_when_full();
    }));
  }
  return write(out);
}

}  // namespace konseki

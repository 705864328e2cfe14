#include "agent/pipeline/file_row.h"

#include "agent/base/inode_flags.h"
#include "agent/base/json_writer.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

void text_unless_empty(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.field(key, value);
}

void number_unless_zero(JsonWriter& json, std::string_view key, std::uint64_t value) {
  if (value != 0) json.field(key, value);
}

void time_if_known(JsonWriter& json, std::string_view key, const std::optional<Timestamp>& value) {
  if (value) json.field(key, *value);
}

void write_times(JsonWriter& json, const Entry& entry) {
  time_if_known(json, "modified", entry.times.modified);
  time_if_known(json, "accessed", entry.times.accessed);
  time_if_known(json, "changed", entry.times.changed);
  time_if_known(json, "created", entry.times.created);
  time_if_known(json, "deleted", entry.times.deleted);
  time_if_known(json, "fn_modified", entry.name_times.modified);
  time_if_known(json, "fn_accessed", entry.name_times.accessed);
  time_if_known(json, "fn_changed", entry.name_times.changed);
  time_if_known(json, "fn_created", entry.name_times.created);
}

void write_mode(JsonWriter& json, std::uint32_t mode) {
  char text[5] = {'0', '0', '0', '0', '\0'};
  text[0] = static_cast<char>('0' + (mode >> 9 & 7));
  text[1] = static_cast<char>('0' + (mode >> 6 & 7));
  text[2] = static_cast<char>('0' + (mode >> 3 & 7));
  text[3] = static_cast<char>('0' + (mode & 7));
  json.field("mode", std::string_view(text, 4));
}

void write_metadata(JsonWriter& json, const Entry& entry, PathStyle style) {
  json.field("inode", entry.inode);
  number_unless_zero(json, "sequence", entry.sequence);
  if (style == PathStyle::kPosix) {
    write_mode(json, entry.mode);
    json.field("uid", std::uint64_t{entry.uid});
    json.field("gid", std::uint64_t{entry.gid});
  }
  text_unless_empty(json, "owner", entry.owner);
  number_unless_zero(json, "links", entry.link_count);
  if (style == PathStyle::kPosix) {
    if ((entry.attributes & kInodeImmutable) != 0) json.field("immutable", true);
    if ((entry.attributes & kInodeAppendOnly) != 0) json.field("append_only", true);
  } else {
    number_unless_zero(json, "attributes", entry.attributes);
  }
  number_unless_zero(json, "reparse_tag", entry.reparse_tag);
  text_unless_empty(json, "link_target", entry.link_target);
  if (entry.allocation != Allocation::kAllocated) {
    json.field("allocation", entry.allocation == Allocation::kDeleted ? "deleted" : "orphan");
  }
}

void write_streams(JsonWriter& json, const Entry& entry) {
  if (entry.streams.empty()) return;
  json.key("streams");
  json.begin_array();
  for (const StreamInfo& stream : entry.streams) {
    json.begin_object();
    json.field("name", std::string_view(stream.name));
    json.field("size", stream.size);
    json.end_object();
  }
  json.end_array();
}

void write_lost(JsonWriter& json, std::span<const ByteRange> lost) {
  if (lost.empty()) return;
  json.key("lost");
  json.begin_array();
  for (const ByteRange& range : lost) {
    json.begin_object();
    json.field("offset", range.offset);
    json.field("length", range.length);
    json.end_object();
  }
  json.end_array();
}

void write_digests(JsonWriter& json, const Digests& digests) {
  json.key("sha256");
  json.hex(digests.sha256);
  json.key("sha1");
  json.hex(digests.sha1);
  json.key("md5");
  json.hex(digests.md5);
}

}  // namespace

std::string_view file_status_name(FileStatus status) {
  switch (status) {
    case FileStatus::kCollected:
      return "collected";
    case FileStatus::kLinked:
      return "linked";
    case FileStatus::kListed:
      return "listed";
    case FileStatus::kSkipped:
      return "skipped";
    case FileStatus::kFailed:
      break;
  }
  return "failed";
}

std::string_view file_type_name(FileType type) {
  switch (type) {
    case FileType::kRegular:
      return "file";
    case FileType::kDirectory:
      return "directory";
    case FileType::kSymlink:
      return "symlink";
    case FileType::kFifo:
      return "fifo";
    case FileType::kCharacterDevice:
      return "char";
    case FileType::kBlockDevice:
      return "block";
    case FileType::kSocket:
      return "socket";
    case FileType::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view row_reason(const Error& error) {
  return error.detail == "overwritten" ? "overwritten" : error_code_name(error.code);
}

void append_file_row(std::string& out, const FileRow& row) {
  const Entry& entry = *row.entry;
  JsonWriter json(out);
  json.begin_object();
  json.field("path", row.path);
  if (!is_well_formed_utf8(row.path)) {
    json.key("raw_path");
    json.hex(std::as_bytes(std::span(row.path)));
  }
  text_unless_empty(json, "stream", row.stream);
  text_unless_empty(json, "member", row.member);
  json.field("volume", std::string_view(row.volume->mount));
  text_unless_empty(json, "snapshot", row.snapshot);
  json.field("type", file_type_name(entry.type));
  json.field("size", row.size);
  json.field("status", file_status_name(row.status));
  text_unless_empty(json, "reason", row.reason);
  text_unless_empty(json, "detail", row.detail);
  if (row.digests) write_digests(json, *row.digests);
  number_unless_zero(json, "padded", row.padded);
  write_lost(json, row.lost);
  write_times(json, entry);
  write_metadata(json, entry, row.volume->style);
  if (row.stream.empty()) write_streams(json, entry);
  json.field("access_method", row.access_method.empty()
                                  ? std::string_view(row.volume->access_method)
                                  : row.access_method);
  if (!row.artifacts.empty()) {
    json.key("artifacts");
    json.begin_array();
    for (const std::string& artifact : row.artifacts) json.text(artifact);
    json.end_array();
  }
  text_unless_empty(json, "package", row.package);
  text_unless_empty(json, "package_state", row.package_state);
  json.end_object();
}

}  // namespace konseki

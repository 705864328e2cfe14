#include "collectors/linux/shared/evidence_file.h"

#include <algorithm>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

// VolumeInfo::mount of a volume outside the tree: "/$fs$/fs0".
std::string_view outside_mount(const VolumeInfo& volume) {
  const bool outside = volume.mount.starts_with("/$fs$/") || volume.mount.starts_with("$fs$/");
  return outside ? std::string_view(volume.mount) : std::string_view();
}

}  // namespace

std::string_view system_path(const FileItem& file) {
  return file.path.substr(std::min(outside_mount(file.volume).size(), file.path.size()));
}

std::string display_target(const VolumeInfo& volume, std::string_view absolute_path) {
  std::string path(outside_mount(volume));
  path += absolute_path;
  return path;
}

std::string resolve_link(std::string_view link, std::string_view target) {
  std::string joined;
  if (!target.starts_with('/')) joined.assign(link.substr(0, link.rfind('/') + 1));
  joined += target;
  std::vector<std::string_view> parts;
  for (std::string_view part : split(joined, '/')) {
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string path;
  for (std::string_view part : parts) {
    path += '/';
    path += part;
  }
  return path.empty() ? "/" : path;
}

bool has_real_mode(const FileItem& file) {
  return file.entry.mode != 0 && file.volume.type != "directory";
}

PathSpec address_of(const FileItem& file) {
  PathSpec address;
  address.volume = file.volume.mount;
  address.path = file.path;
  address.stream = file.stream;
  return address;
}

void set_unless_empty(Record& record, std::string_view field, std::string_view value) {
  if (!value.empty()) record.set(field, std::string(value));
}

void set_unless_empty(Record& record, std::string_view field, std::vector<std::string> value) {
  if (!value.empty()) record.set(field, std::move(value));
}

Result<FileText> read_text(ByteReader& content, std::uint64_t limit) {
  FileText out;
  out.cut = content.size() > limit;
  out.text.resize(static_cast<std::size_t>(std::min(content.size(), limit)));
  std::size_t filled = 0;
  while (filled < out.text.size()) {
    KONSEKI_ASSIGN(
        const std::size_t got,
        content.read_at(filled, std::as_writable_bytes(std::span(out.text)).subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  out.text.resize(filled);
  return out;
}

std::string cut_note(std::uint64_t limit) {
  return "only the first " + std::to_string(limit) + " bytes of the file were read";
}

PersistenceEntry persistence_of(const FileItem& file, std::string_view mechanism,
                                std::string_view technique) {
  PersistenceEntry entry;
  entry.mechanism = mechanism;
  entry.technique = technique;
  entry.location = file.path;
  entry.name = file.entry.name();
  if (file.entry.allocation != Allocation::kAllocated) entry.enabled = false;
  const FileTimes& times = file.entry.times;
  if (times.modified) {
    entry.since = times.modified;
    entry.since_evidence = "file modified";
  }
  if (times.created && (!times.modified || *times.created > *times.modified)) {
    entry.since = times.created;
    entry.since_evidence = "file created";
  }
  return entry;
}

void emit_with_persistence(Record&& record, const PersistenceEntry& entry,
                           const RecordEmitter& emit) {
  Record persistence = entry.to_record();
  persistence.source = record.source;
  emit(std::move(record));
  emit(std::move(persistence));
}

}  // namespace konseki

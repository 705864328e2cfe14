#include "agent/source/bundle/bundle_file_system.h"

#include <algorithm>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "agent/bundle/entry_row.h"
#include "agent/bundle/reader.h"

namespace konseki {
namespace {

const Bilingual kCollectIt{
    "This bundle lists the file without its content: collect it from the host or image.",
    "このバンドルにはファイルの一覧情報のみがあり、内容は含まれていません。内容が必要な場合は、"
    "元の端末またはイメージから収集してください。"};

FileType file_type(MemberType type) {
  switch (type) {
    case MemberType::kDirectory:
      return FileType::kDirectory;
    case MemberType::kSymlink:
      return FileType::kSymlink;
    case MemberType::kFifo:
      return FileType::kFifo;
    case MemberType::kCharacterDevice:
      return FileType::kCharacterDevice;
    case MemberType::kBlockDevice:
      return FileType::kBlockDevice;
    case MemberType::kFile:
    case MemberType::kHardLink:
      break;
  }
  return FileType::kRegular;
}

Entry directory_entry(std::string path) {
  Entry entry;
  entry.path = std::move(path);
  entry.type = FileType::kDirectory;
  return entry;
}

bool below(std::string_view path, std::string_view start, PathStyle style) {
  if (start.empty()) return !path.empty();
  if (path.size() <= start.size() || path[start.size()] != '/') return false;
  const std::string_view head = path.substr(0, start.size());
  return head == start || (style == PathStyle::kWindows && fold_case(head) == fold_case(start));
}

}  // namespace

BundleFileSystem::BundleFileSystem(std::shared_ptr<BundleReader> bundle, VolumeInfo info,
                                   RowIndex index, std::vector<const Member*> segments)
    : bundle_(std::move(bundle)),
      info_(std::move(info)),
      index_(std::move(index)),
      segments_(std::move(segments)),
      open_segments_(segments_.size()) {}

Result<std::string> BundleFileSystem::row_text(const RowRef& where) {
  std::unique_ptr<ByteReader>& segment = open_segments_[where.segment];
  if (!segment) {
    KONSEKI_ASSIGN(segment, bundle_->open(*segments_[where.segment]));
  }
  std::string text(where.length, '\0');
  KONSEKI_ASSIGN(const std::size_t got,
                 segment->read_at(where.offset, std::as_writable_bytes(std::span(text))));
  text.resize(got);
  return text;
}

Result<Entry> BundleFileSystem::entry_at(const RowRef& where) {
  if (where.place == RowPlace::kDirectory) {
    return directory_entry(index_.directories()[static_cast<std::size_t>(where.offset)]);
  }
  if (where.place != RowPlace::kRow) {
    const MemberHeader& header = bundle_->members()[static_cast<std::size_t>(where.offset)].header;
    BareMember bare = bare_member(header.name, info_);
    Entry entry;
    entry.path = std::move(bare.path);
    if (where.place == RowPlace::kStreamOwner) {
      entry.type = FileType::kRegular;
      entry.streams.push_back({std::move(bare.stream), header.size});
      return entry;
    }
    entry.type = file_type(header.type);
    entry.size = header.size;
    entry.mode = header.mode;
    entry.uid = header.uid;
    entry.gid = header.gid;
    entry.times.modified = header.modified;
    if (header.type == MemberType::kSymlink) entry.link_target = header.link_target;
    return entry;
  }
  KONSEKI_ASSIGN(const std::string text, row_text(where));
  const FileRowView row = file_row_view(text);
  auto path = row_path(row, info_);
  if (!path) return fail(ErrorCode::kCorrupt, "files.jsonl: a row changed since it was indexed");
  return row_entry(row, std::move(*path));
}

Result<Entry> BundleFileSystem::stat(std::string_view path) {
  std::optional<Entry> deleted;
  for (const RowRef& where : index_.find(path)) {
    KONSEKI_ASSIGN(Entry entry, entry_at(where));
    if (entry.allocation == Allocation::kAllocated) return entry;
    if (!deleted) deleted = std::move(entry);
  }
  if (deleted) return std::move(*deleted);
  return fail(ErrorCode::kNotFound, info_.display_path(path));
}

Result<void> BundleFileSystem::list(std::string_view directory, const EntryVisitor& visit) {
  const std::vector<RowRef> children = index_.children(directory);
  if (children.empty()) KONSEKI_TRY(stat(directory));
  for (const RowRef& where : children) {
    KONSEKI_ASSIGN(const Entry entry, entry_at(where));
    if (visit(entry) == WalkAction::kStop) break;
  }
  return {};
}

Result<void> BundleFileSystem::walk(const WalkOptions& options, const EntryVisitor& visit) {
  // Folders first that only their contents tell of, so that none comes after what it holds.
  for (const std::string& path : index_.directories()) {
    if (!below(path, options.start, info_.style)) continue;
    if (visit(directory_entry(path)) == WalkAction::kStop) return {};
  }
  for (const RowRef& where : index_.bare()) {
    KONSEKI_ASSIGN(const Entry entry, entry_at(where));
    if (!below(entry.path, options.start, info_.style)) continue;
    if (visit(entry) == WalkAction::kStop) return {};
  }
  bool stopped = false;
  return walk_rows(options, visit, stopped);
}

Result<void> BundleFileSystem::walk_rows(const WalkOptions& options, const EntryVisitor& visit,
                                         bool& stopped) {
  for (const Member* segment : segments_) {
    if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "walk");
    KONSEKI_ASSIGN(const auto content, bundle_->open(*segment));
    const auto read = for_each_line_of(*content, [&](std::string_view line) {
      if (stopped || options.stop.stop_requested()) return;
      const FileRowView row = file_row_view(line);
      if (row[FileField::kStream] || row.repeats() || !is_row_of(row, info_)) return;
      auto path = row_path(row, info_);
      if (!path || !below(*path, options.start, info_.style)) return;
      const Entry entry = row_entry(row, std::move(*path));
      if (entry.allocation != Allocation::kAllocated && !options.include_deleted) return;
      stopped = visit(entry) == WalkAction::kStop;
    });
    if (!read && options.on_error) options.on_error(segment->header.name, read.error());
    if (stopped) break;
  }
  return {};
}

Result<const Member*> BundleFileSystem::member_at(const RowRef& where, const Entry& entry,
                                                  std::string_view stream) {
  if (where.place == RowPlace::kMember) {
    return &bundle_->members()[static_cast<std::size_t>(where.offset)];
  }
  if (where.place != RowPlace::kRow) return nullptr;
  KONSEKI_ASSIGN(const std::string text, row_text(where));
  const FileRowView row = file_row_view(text);
  const Entry found = row_entry(row, {});
  // A deleted file may have the name of one that is there.
  if (found.inode != entry.inode || found.sequence != entry.sequence ||
      (stream.empty() && found.allocation != entry.allocation)) {
    return nullptr;
  }
  const JsonView& name = row[FileField::kMember];
  return name ? bundle_->find(name.text()) : nullptr;
}

Result<std::unique_ptr<ByteReader>> BundleFileSystem::open(const Entry& entry,
                                                           std::string_view stream) {
  if (entry.cloud_placeholder) {
    return fail(ErrorCode::kUnsupported, info_.display_path(entry.path) + ": cloud placeholder");
  }
  bool listed = false;  // known, but its content was left out of the bundle by design
  for (const RowRef& where : index_.find(entry.path, stream)) {
    KONSEKI_ASSIGN(const Member* member, member_at(where, entry, stream));
    if (member != nullptr) return bundle_->open(*member);
    listed = true;
  }
  return fail(listed ? ErrorCode::kUnsupported : ErrorCode::kNotFound,
              info_.display_path(entry.path) + (stream.empty() ? "" : ":") + std::string(stream) +
                  ": not in the bundle",
              kCollectIt);
}

}  // namespace konseki

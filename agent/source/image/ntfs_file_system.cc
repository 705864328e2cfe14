#include "agent/source/image/ntfs_file_system.h"

#include <algorithm>
#include <unordered_map>

#include "agent/base/unicode.h"
#include "agent/source/image/ntfs_facts.h"
#include "agent/source/image/ntfs_index.h"
#include "agent/source/image/ntfs_paths.h"
#include "agent/source/image/ntfs_reparse.h"
#include "agent/source/image/ntfs_security.h"
#include "agent/source/image/tsk_content.h"

namespace konseki {
namespace {

constexpr std::uint64_t kVolumeRecord = 3;
constexpr std::uint64_t kRootRecord = 5;
constexpr std::uint64_t kSecureRecord = 9;
constexpr std::size_t kChunkSize = 1 << 20;
constexpr std::size_t kMaxDepth = 2048;
constexpr std::size_t kMaxRemembered = 4096;

class NtfsFileSystem : public MountableFileSystem {
 public:
  NtfsFileSystem(TskMount mount, VolumeInfo info, std::unique_ptr<NtfsTable> table)
      : MountableFileSystem(std::move(info)),
        mount_(std::move(mount)),
        table_(std::move(table)),
        reader_(*table_) {}

  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

 private:
  struct Place {
    std::uint64_t record = kRootRecord;
    std::string path;  // stored spelling
  };

  Result<Place> find_directory(std::string_view path);
  Result<NtfsReference> find_name(std::uint64_t directory, std::string_view name,
                                  std::string& spelling);
  Result<void> read_entry(NtfsReference reference, const Place& directory,
                          std::string_view spelling, Entry& entry);
  const std::string& owner_of(std::uint32_t security_id);
  void load_facts(std::uint64_t number, const NtfsHeader& header);
  bool visit_record(std::uint64_t number, NtfsPaths& paths, const WalkOptions& options,
                    const EntryVisitor& visit);

  TskMount mount_;
  std::unique_ptr<NtfsTable> table_;
  NtfsFactReader reader_;
  NtfsFacts facts_;
  Entry entry_;
  std::vector<std::byte> record_;
  NtfsOwners owners_;
  bool owners_loaded_ = false;
  std::unordered_map<std::string, Place> directories_;  // by the path asked for, folded
};

const std::string& NtfsFileSystem::owner_of(std::uint32_t security_id) {
  if (!owners_loaded_) {
    owners_loaded_ = true;
    auto sds =
        open_tsk_content(mount_.volume.get(), {kSecureRecord, "$SDS", false, "$Secure:$SDS"});
    if (sds) owners_.load(**sds);
  }
  return owners_.find(security_id);
}

// One pass over the entries of a directory; the exact spelling wins over others.
Result<NtfsReference> NtfsFileSystem::find_name(std::uint64_t directory, std::string_view name,
                                                std::string& spelling) {
  const std::string folded = fold_case(name);
  std::optional<NtfsReference> found;
  std::string text;
  auto visited = visit_ntfs_index(reader_, *table_, directory, [&](const NtfsIndexEntry& entry) {
    text.clear();
    append_utf16le(text, entry.name.name);
    if (text == name) {
      found = entry.file;
      spelling = text;
      return false;
    }
    if (!found && fold_case(text) == folded) {
      found = entry.file;
      spelling = text;
    }
    return true;
  });
  if (found) return *found;
  if (!visited) return fail(std::move(visited).error());
  return fail(ErrorCode::kNotFound, std::string(name));
}

Result<NtfsFileSystem::Place> NtfsFileSystem::find_directory(std::string_view path) {
  if (path.empty()) return Place{};
  const std::string key = fold_case(path);
  if (auto known = directories_.find(key); known != directories_.end()) return known->second;
  Place at;
  std::size_t depth = 0;
  for (std::string_view rest = path; !rest.empty();) {
    if (++depth > kMaxDepth) return fail(ErrorCode::kLimitExceeded, "path depth");
    const auto slash = rest.find('/');
    std::string spelling;
    KONSEKI_ASSIGN(const NtfsReference found,
                   find_name(at.record, rest.substr(0, slash), spelling));
    rest = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    KONSEKI_ASSIGN(const NtfsHeader header, table_->read_record(found.record, record_));
    if (!header.directory || !header.in_use) return fail(ErrorCode::kNotFound, std::string(path));
    at.record = found.record;
    if (!at.path.empty()) at.path += '/';
    at.path += spelling;
  }
  if (directories_.size() >= kMaxRemembered) directories_.clear();
  directories_.emplace(key, at);
  return at;
}

void NtfsFileSystem::load_facts(std::uint64_t number, const NtfsHeader& header) {
  reader_.read(number, record_, header, facts_);
}

Result<void> NtfsFileSystem::read_entry(NtfsReference reference, const Place& directory,
                                        std::string_view spelling, Entry& entry) {
  KONSEKI_ASSIGN(const NtfsHeader header, table_->read_record(reference.record, record_));
  if (!header.in_use || (reference.sequence != 0 && reference.sequence != header.sequence)) {
    return fail(ErrorCode::kCorrupt, directory.path + "/" + std::string(spelling) +
                                         ": the index names a record that is no longer its own");
  }
  load_facts(reference.record, header);
  entry.path.assign(directory.path);
  if (!entry.path.empty()) entry.path += '/';
  entry.path += spelling;
  entry.allocation = Allocation::kAllocated;
  entry.name_times = {};
  for (std::size_t i = 0; i < facts_.name_count; ++i) {
    const NtfsFileName& name = facts_.names[i];
    if (name.parent.record == directory.record && name.text == spelling) {
      entry.name_times = name.times;
      break;
    }
  }
  fill_ntfs_entry(reference.record, facts_, owner_of(facts_.security_id), entry);
  return {};
}

Result<Entry> NtfsFileSystem::stat(std::string_view path) {
  Entry entry;
  if (path.empty()) {
    KONSEKI_ASSIGN(const NtfsHeader header, table_->read_record(kRootRecord, record_));
    load_facts(kRootRecord, header);
    if (facts_.name_count > 0) entry.name_times = facts_.names[0].times;
    fill_ntfs_entry(kRootRecord, facts_, owner_of(facts_.security_id), entry);
    return entry;
  }
  const auto slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  KONSEKI_ASSIGN(const Place directory,
                 find_directory(slash == std::string_view::npos ? "" : path.substr(0, slash)));
  std::string spelling;
  KONSEKI_ASSIGN(const NtfsReference found, find_name(directory.record, name, spelling));
  KONSEKI_TRY(read_entry(found, directory, spelling, entry));
  return entry;
}

Result<void> NtfsFileSystem::list(std::string_view directory, const EntryVisitor& visit) {
  KONSEKI_ASSIGN(const Place place, find_directory(directory));
  Entry entry;
  std::string spelling;
  Result<void> damage;
  auto visited = visit_ntfs_index(reader_, *table_, place.record, [&](const NtfsIndexEntry& index) {
    if (index.name.space == NtfsName::kDos) return true;
    // The root lists itself.
    if (index.file.record == kRootRecord && place.record == kRootRecord) return true;
    spelling.clear();
    append_utf16le(spelling, index.name.name);
    auto read = read_entry(index.file, place, spelling, entry);
    if (!read) {
      if (damage) damage = std::move(read);
      return true;
    }
    return visit(entry) != WalkAction::kStop;
  });
  KONSEKI_TRY(std::move(visited));
  return damage;
}

// Visits every name of one record; false when the visitor stops.
bool NtfsFileSystem::visit_record(std::uint64_t number, NtfsPaths& paths,
                                  const WalkOptions& options, const EntryVisitor& visit) {
  if (facts_.header.directory) paths.add(number, facts_);
  const bool in_use = facts_.header.in_use;
  if (!in_use && !options.include_deleted) return true;
  bool filled = false;
  for (std::size_t i = 0; i < facts_.name_count; ++i) {
    const NtfsFileName& name = facts_.names[i];
    if (!is_shown_name(facts_, i)) continue;
    if (number == kRootRecord) continue;
    const NtfsPaths::Found parent = paths.find(name.parent);
    Allocation allocation = in_use ? Allocation::kAllocated : Allocation::kDeleted;
    if (parent.allocation == Allocation::kOrphan) allocation = Allocation::kOrphan;
    if (parent.allocation == Allocation::kDeleted && in_use) allocation = Allocation::kOrphan;
    if (!filled) {
      fill_ntfs_entry(number, facts_, owner_of(facts_.security_id), entry_);
      filled = true;
    }
    entry_.allocation = allocation;
    entry_.path.assign(*parent.path);
    if (!entry_.path.empty()) entry_.path += '/';
    entry_.path += name.text;
    entry_.name_times = name.times;
    if (visit(entry_) == WalkAction::kStop) return false;
  }
  return true;
}

Result<void> NtfsFileSystem::walk(const WalkOptions& options, const EntryVisitor& visit) {
  if (!options.start.empty()) return FileSystem::walk(options, visit);
  NtfsPaths paths(*table_);
  const std::size_t record_size = table_->geometry().record;
  const std::uint64_t records = table_->record_count();
  const auto report = [&](std::uint64_t number, const Error& error) {
    if (options.on_error) options.on_error("$MFT record " + std::to_string(number), error);
  };
  std::vector<std::byte> chunk(std::max(kChunkSize, record_size));
  const std::uint64_t per_chunk = chunk.size() / record_size;
  for (std::uint64_t first = 0; first < records;) {
    if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "walk");
    std::uint64_t count = std::min(per_chunk, records - first);
    auto filled = table_->content().read_at(
        first * record_size, std::span(chunk).first(static_cast<std::size_t>(count) * record_size));
    if (!filled && count > 1) {
      // Find the records that can be read, one by one.
      count = 1;
      filled = table_->content().read_at(first * record_size, std::span(chunk).first(record_size));
    }
    if (!filled) {
      report(first, filled.error());
      ++first;
      continue;
    }
    const std::uint64_t sound = *filled / record_size;
    for (std::uint64_t i = 0; i < sound; ++i) {
      const auto record =
          std::span(chunk).subspan(static_cast<std::size_t>(i) * record_size, record_size);
      const std::uint64_t number = first + i;
      if (record[0] == std::byte{0}) continue;  // never used
      const bool named = record[0] == std::byte{'F'} || record[0] == std::byte{'B'};
      if (!apply_ntfs_fixup(record, "FILE")) {
        if (named) report(number, Error{ErrorCode::kCorrupt, "damaged MFT record", {}});
        continue;
      }
      const auto header = decode_ntfs_header(record);
      if (!header) {
        report(number, Error{ErrorCode::kCorrupt, "damaged MFT record", {}});
        continue;
      }
      if (!header->is_base || (!header->in_use && !options.include_deleted)) continue;
      reader_.read(number, record, *header, facts_);
      if (facts_.damaged && header->in_use) {
        report(number, Error{ErrorCode::kCorrupt, "MFT record is damaged in part", {}});
      }
      if (!visit_record(number, paths, options, visit)) return {};
    }
    if (sound < count) {
      report(first + sound,
             Error{ErrorCode::kCorrupt, "the MFT ends past the end of the image", {}});
      break;
    }
    first += count;
  }
  return {};
}

Result<std::unique_ptr<ByteReader>> NtfsFileSystem::open(const Entry& entry,
                                                         std::string_view stream) {
  std::uint64_t number = entry.inode;
  if (number == 0 && entry.path != "$MFT") {
    KONSEKI_ASSIGN(const Entry found, stat(entry.path));
    number = found.inode;
  }
  KONSEKI_ASSIGN(const NtfsHeader header, table_->read_record(number, record_));
  load_facts(number, header);
  if (stream.empty()) {
    Entry now;
    fill_ntfs_entry(number, facts_, {}, now);
    if (now.cloud_placeholder) {
      return fail(ErrorCode::kUnsupported, "cloud_placeholder: " + entry.path);
    }
    // What a filter driver keeps elsewhere reads as zeros here: that would be false evidence.
    if (facts_.reparse_tag != 0 && facts_.size > 0 && !facts_.data_stored) {
      return fail(ErrorCode::kUnsupported,
                  entry.path + (facts_.reparse_tag == reparse::kCompressed
                                    ? ": compressed by the system (WOF)"
                                    : ": its data is kept by a reparse point, not in the file"));
    }
  }
  const bool deleted = entry.allocation != Allocation::kAllocated && !header.in_use;
  if (entry.allocation == Allocation::kDeleted && header.in_use) {
    return fail(ErrorCode::kUnsupported,
                "overwritten: " + entry.path + ": its record is in use by another file");
  }
  return open_tsk_content(mount_.volume.get(), {number, stream, deleted, entry.path});
}

}  // namespace

Result<std::unique_ptr<MountableFileSystem>> make_ntfs_file_system(
    TskMount mount, VolumeInfo info, std::unique_ptr<ByteReader> metadata) {
  KONSEKI_ASSIGN(auto table, NtfsTable::open(std::move(metadata)));
  NtfsFactReader reader(*table);
  if (auto label = reader.pieces(kVolumeRecord, NtfsType::kVolumeName, "")) {
    append_utf16le(info.label, label->resident);
  }
  return std::make_unique<NtfsFileSystem>(std::move(mount), std::move(info), std::move(table));
}

}  // namespace konseki

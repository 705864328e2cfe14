#include "agent/source/image/tsk_file_system.h"

#include <array>
#include <set>
#include <unordered_map>

#include "agent/base/unicode.h"
#include "agent/source/image/fat_facts.h"
#include "agent/source/image/tsk_content.h"
#include "agent/source/image/tsk_image.h"

namespace konseki {
namespace {

constexpr std::size_t kMaxDepth = 2048;
constexpr std::size_t kMaxRemembered = 4096;

FileType type_of(TSK_FS_META_TYPE_ENUM type) {
  switch (type) {
    case TSK_FS_META_TYPE_REG:
      return FileType::kRegular;
    case TSK_FS_META_TYPE_DIR:
      return FileType::kDirectory;
    case TSK_FS_META_TYPE_LNK:
      return FileType::kSymlink;
    case TSK_FS_META_TYPE_FIFO:
      return FileType::kFifo;
    case TSK_FS_META_TYPE_CHR:
      return FileType::kCharacterDevice;
    case TSK_FS_META_TYPE_BLK:
      return FileType::kBlockDevice;
    case TSK_FS_META_TYPE_SOCK:
      return FileType::kSocket;
    default:
      return FileType::kUnknown;
  }
}

FileType type_of(TSK_FS_NAME_TYPE_ENUM type) {
  switch (type) {
    case TSK_FS_NAME_TYPE_REG:
      return FileType::kRegular;
    case TSK_FS_NAME_TYPE_DIR:
      return FileType::kDirectory;
    case TSK_FS_NAME_TYPE_LNK:
      return FileType::kSymlink;
    case TSK_FS_NAME_TYPE_FIFO:
      return FileType::kFifo;
    case TSK_FS_NAME_TYPE_CHR:
      return FileType::kCharacterDevice;
    case TSK_FS_NAME_TYPE_BLK:
      return FileType::kBlockDevice;
    case TSK_FS_NAME_TYPE_SOCK:
      return FileType::kSocket;
    default:
      return FileType::kUnknown;
  }
}

// The library cannot tell "not stored" from 1970; these file systems store no such time.
std::optional<Timestamp> time_of(std::int64_t seconds, std::uint32_t nanoseconds) {
  if (seconds == 0 && nanoseconds == 0) return std::nullopt;
  return Timestamp::from_unix(seconds, static_cast<std::int32_t>(nanoseconds % 1'000'000'000));
}

// Names the library makes up for places that are no files: "$MBR", "$FAT1", "$OrphanFiles", the
// tables of exFAT (whose sizes are bogus), and the volume label.
bool is_made_up(const TSK_FS_FILE& file) {
  const TSK_FS_NAME& name = *file.name;
  if (name.type == TSK_FS_NAME_TYPE_VIRT || name.type == TSK_FS_NAME_TYPE_VIRT_DIR) return true;
  if (file.meta != nullptr &&
      (file.meta->type == TSK_FS_META_TYPE_VIRT || file.meta->type == TSK_FS_META_TYPE_VIRT_DIR)) {
    return true;
  }
  if (!TSK_FS_TYPE_ISFAT(file.fs_info->ftype)) return false;
  const std::string_view text = name.name;
  return text.ends_with(" (Volume Label Entry)") || text == "$ALLOC_BITMAP" ||
         text == "$UPCASE_TABLE" || text == "$VOLUME_GUID" || text == "$TEX_FAT" ||
         text == "$ACT" || text == "$FAT1" || text == "$FAT2" || text == "$MBR";
}

class TskFileSystem : public MountableFileSystem {
 public:
  TskFileSystem(TskMount mount, VolumeInfo info)
      : MountableFileSystem(std::move(info)), mount_(std::move(mount)) {
    std::array<std::byte, 512> boot{};
    TSK_FS_INFO* volume = mount_.volume.get();
    if (TSK_FS_TYPE_ISFAT(volume->ftype) &&
        tsk_fs_read(volume, 0, reinterpret_cast<char*>(boot.data()), boot.size()) ==
            static_cast<ssize_t>(boot.size())) {
      fat_entries_ = fat_entries_offset(boot, volume->ftype == TSK_FS_TYPE_EXFAT);
    }
  }

  Result<Entry> stat(std::string_view path) override {
    if (path.empty()) return stat_root();
    const auto slash = path.rfind('/');
    const std::string_view parent = slash == std::string_view::npos ? "" : path.substr(0, slash);
    const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    KONSEKI_ASSIGN(const Directory directory, find_directory(parent));
    std::optional<Entry> found;
    KONSEKI_TRY(visit_directory(directory.inode, directory.path, false, [&](const Entry& entry) {
      if (!same_name(entry.name(), name)) return WalkAction::kContinue;
      found = entry;
      return WalkAction::kStop;
    }));
    if (!found) return fail(ErrorCode::kNotFound, std::string(path));
    return *std::move(found);
  }

  Result<void> list(std::string_view directory, const EntryVisitor& visit) override {
    KONSEKI_ASSIGN(const Directory found, find_directory(directory));
    return visit_directory(found.inode, found.path, false, visit);
  }

  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override;

  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override {
    std::uint64_t inode = entry.inode;
    if (inode == 0) {
      KONSEKI_ASSIGN(const Entry found, stat(entry.path));
      inode = found.inode;
    }
    return open_tsk_content(
        mount_.volume.get(),
        {inode, stream, entry.allocation != Allocation::kAllocated, entry.path});
  }

 private:
  struct Directory {
    TSK_INUM_T inode = 0;
    std::string path;  // stored spelling
  };

  bool same_name(std::string_view stored, std::string_view wanted) const {
    if (stored == wanted) return true;
    return info().style == PathStyle::kWindows && fold_case(stored) == fold_case(wanted);
  }

  Result<Entry> stat_root();
  Result<Directory> find_directory(std::string_view path);
  Result<void> visit_directory(TSK_INUM_T inode, const std::string& path, bool with_deleted,
                               const EntryVisitor& visit);
  void fill(const TSK_FS_FILE& file, const std::string& directory, Entry& entry);
  void fill_metadata(const TSK_FS_META& meta, Entry& entry);

  TskMount mount_;
  std::optional<std::uint64_t> fat_entries_;
  std::unordered_map<std::string, Directory> directories_;  // by the path asked for
};

void TskFileSystem::fill_metadata(const TSK_FS_META& meta, Entry& entry) {
  entry.type = type_of(meta.type);
  entry.inode = meta.addr;
  // Of a FAT directory the library gives the length of its cluster chain; it has no size.
  const bool sized = !TSK_FS_TYPE_ISFAT(mount_.volume->ftype) || entry.type == FileType::kRegular;
  entry.size = sized && meta.size > 0 ? static_cast<std::uint64_t>(meta.size) : 0;
  entry.link_count = static_cast<std::uint32_t>(std::max(meta.nlink, 0));
  entry.times.modified = time_of(meta.mtime, meta.mtime_nano);
  entry.times.accessed = time_of(meta.atime, meta.atime_nano);
  entry.times.changed = time_of(meta.ctime, meta.ctime_nano);
  entry.times.created = time_of(meta.crtime, meta.crtime_nano);
  if (meta.link != nullptr) entry.link_target = meta.link;
  TSK_FS_INFO* volume = mount_.volume.get();
  if (!TSK_FS_TYPE_ISFAT(volume->ftype)) {
    entry.mode = static_cast<std::uint32_t>(meta.mode) & 07777;
    entry.uid = meta.uid;
    entry.gid = meta.gid;
    return;
  }
  constexpr std::uint64_t kFirstEntry = 3;  // the library's number of the first directory entry
  if (!fat_entries_ || meta.addr < kFirstEntry) return;
  const std::uint64_t offset = *fat_entries_ + (meta.addr - kFirstEntry) * kFatEntrySize;
  std::array<std::byte, kFatEntrySize> raw{};
  if (tsk_fs_read(volume, static_cast<TSK_OFF_T>(offset), reinterpret_cast<char*>(raw.data()),
                  raw.size()) != static_cast<ssize_t>(raw.size())) {
    tsk_error_reset();
    return;
  }
  if (auto facts = decode_fat_entry(raw, volume->ftype == TSK_FS_TYPE_EXFAT)) {
    entry.attributes = facts->attributes;
    entry.times = facts->times;
  }
}

void TskFileSystem::fill(const TSK_FS_FILE& file, const std::string& directory, Entry& entry) {
  std::string path = std::move(entry.path);
  entry = Entry{};
  path.assign(directory);
  if (!path.empty()) path += '/';
  path += file.name->name;
  entry.path = std::move(path);
  entry.type = type_of(file.name->type);
  const bool name_deleted = (file.name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0;
  if (name_deleted) entry.allocation = Allocation::kDeleted;
  entry.inode = file.name->meta_addr;
  // A deleted name whose metadata entry now describes another file tells nothing but the name.
  if (file.meta != nullptr && !(name_deleted && (file.meta->flags & TSK_FS_META_FLAG_ALLOC) != 0)) {
    fill_metadata(*file.meta, entry);
  }
}

Result<Entry> TskFileSystem::stat_root() {
  const TskFile root(tsk_fs_file_open_meta(mount_.volume.get(), nullptr, mount_.volume->root_inum));
  if (root == nullptr || root->meta == nullptr) {
    return fail(take_tsk_error(ErrorCode::kCorrupt, "root directory"));
  }
  Entry entry;
  fill_metadata(*root->meta, entry);
  entry.type = FileType::kDirectory;
  return entry;
}

Result<TskFileSystem::Directory> TskFileSystem::find_directory(std::string_view path) {
  if (path.empty()) return Directory{mount_.volume->root_inum, ""};
  if (auto known = directories_.find(std::string(path)); known != directories_.end()) {
    return known->second;
  }
  Directory at{mount_.volume->root_inum, ""};
  std::size_t depth = 0;
  for (std::string_view rest = path; !rest.empty();) {
    if (++depth > kMaxDepth) return fail(ErrorCode::kLimitExceeded, "path depth");
    const auto slash = rest.find('/');
    const std::string_view name = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    std::optional<Entry> found;
    KONSEKI_TRY(visit_directory(at.inode, at.path, false, [&](const Entry& entry) {
      if (!same_name(entry.name(), name)) return WalkAction::kContinue;
      found = entry;
      return WalkAction::kStop;
    }));
    if (!found || found->type != FileType::kDirectory) {
      return fail(ErrorCode::kNotFound, std::string(path));
    }
    at = {found->inode, found->path};
  }
  if (directories_.size() >= kMaxRemembered) directories_.clear();
  directories_.emplace(path, at);
  return at;
}

Result<void> TskFileSystem::visit_directory(TSK_INUM_T inode, const std::string& path,
                                            bool with_deleted, const EntryVisitor& visit) {
  const TskDirectory directory(tsk_fs_dir_open_meta(mount_.volume.get(), inode));
  if (directory == nullptr) return fail(take_tsk_error(ErrorCode::kCorrupt, path));
  const std::size_t count = tsk_fs_dir_getsize(directory.get());
  Entry entry;
  for (std::size_t i = 0; i < count; ++i) {
    const TskFile file(tsk_fs_dir_get(directory.get(), i));
    if (file == nullptr || file->name == nullptr || file->name->name == nullptr) {
      tsk_error_reset();
      continue;
    }
    const std::string_view name = file->name->name;
    if (name.empty() || name == "." || name == ".." || is_made_up(*file)) continue;
    if (!with_deleted && (file->name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0) continue;
    fill(*file, path, entry);
    if (visit(entry) == WalkAction::kStop) break;
  }
  return {};
}

Result<void> TskFileSystem::walk(const WalkOptions& options, const EntryVisitor& visit) {
  struct Pending {
    TSK_INUM_T inode;
    std::string path;
    std::size_t depth;
  };
  KONSEKI_ASSIGN(const Directory start, find_directory(options.start));
  std::vector<Pending> pending{{start.inode, start.path, 0}};
  std::set<TSK_INUM_T> visited{start.inode};  // a damaged tree may hold loops
  while (!pending.empty()) {
    if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "walk");
    const Pending current = std::move(pending.back());
    pending.pop_back();
    std::vector<Pending> children;
    bool stop = false;
    auto listed = visit_directory(
        current.inode, current.path, options.include_deleted, [&](const Entry& entry) {
          const WalkAction action = visit(entry);
          stop = action == WalkAction::kStop;
          // The metadata of a deleted directory is only known (link count, times) when its entry
          // was not reused; only then its content is its own.
          const bool own = entry.allocation == Allocation::kAllocated || entry.times.modified ||
                           entry.link_count > 0;
          if (action == WalkAction::kContinue && entry.type == FileType::kDirectory && own &&
              visited.insert(entry.inode).second) {
            children.push_back({entry.inode, entry.path, current.depth + 1});
          }
          return action;
        });
    if (stop) return {};
    if (!listed && options.on_error) options.on_error(current.path, listed.error());
    if (current.depth >= kMaxDepth && !children.empty()) {
      if (options.on_error) {
        options.on_error(current.path, Error{ErrorCode::kLimitExceeded, "directory depth", {}});
      }
      continue;
    }
    pending.insert(pending.end(), std::make_move_iterator(children.rbegin()),
                   std::make_move_iterator(children.rend()));
  }
  return {};
}

}  // namespace

std::unique_ptr<MountableFileSystem> make_tsk_file_system(TskMount mount, VolumeInfo info) {
  return std::make_unique<TskFileSystem>(std::move(mount), std::move(info));
}

}  // namespace konseki

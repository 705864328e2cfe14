#include "agent/source/image/ext_file_system.h"

#include <unordered_map>
#include <unordered_set>

#include "agent/base/inode_flags.h"
#include "agent/source/image/ext_content.h"
#include "agent/source/image/ext_directory.h"
#include "agent/source/image/ext_volume.h"

namespace konseki {
namespace {

constexpr std::uint32_t kFsImmutable = 0x10;   // FS_IMMUTABLE_FL
constexpr std::uint32_t kFsAppendOnly = 0x20;  // FS_APPEND_FL

constexpr std::size_t kMaxDepth = 2048;
constexpr std::size_t kMaxRemembered = 4096;
// A directory of ten million names; more is damage.
constexpr std::uint64_t kMaxDirectorySize = std::uint64_t{1} << 31;

FileType type_of_name(std::uint8_t type) {
  switch (type) {
    case 1:
      return FileType::kRegular;
    case 2:
      return FileType::kDirectory;
    case 3:
      return FileType::kCharacterDevice;
    case 4:
      return FileType::kBlockDevice;
    case 5:
      return FileType::kFifo;
    case 6:
      return FileType::kSocket;
    case 7:
      return FileType::kSymlink;
    default:
      return FileType::kUnknown;
  }
}

class ExtFileSystem : public MountableFileSystem {
 public:
  ExtFileSystem(TskMount mount, VolumeInfo info, std::unique_ptr<ExtVolume> volume)
      : MountableFileSystem(std::move(info)),
        mount_(std::move(mount)),
        volume_(std::move(volume)) {}

  Result<Entry> stat(std::string_view path) override;
  Result<void> list(std::string_view directory, const EntryVisitor& visit) override;
  Result<void> walk(const WalkOptions& options, const EntryVisitor& visit) override;
  Result<std::unique_ptr<ByteReader>> open(const Entry& entry, std::string_view stream) override;

 private:
  Result<std::uint32_t> find_directory(std::string_view path);
  Result<std::uint32_t> find_name(std::uint32_t directory, std::string_view name);
  Result<void> visit_names(const ExtInode& directory, bool with_deleted,
                           const std::function<bool(const ExtName&)>& visit);
  void fill(std::uint32_t number, Entry& entry);
  Result<bool> visit_entries(std::uint32_t directory, const std::string& path, bool with_deleted,
                             const EntryVisitor& visit);
  Result<void> visit_orphans(const WalkOptions& options, const EntryVisitor& visit);

  TskMount mount_;
  std::unique_ptr<ExtVolume> volume_;
  ExtInode inode_;  // of the entry being filled
  std::vector<std::byte> content_;
  std::unordered_map<std::string, std::uint32_t> directories_;
  std::unordered_set<std::uint32_t> named_deleted_;
};

Result<void> ExtFileSystem::visit_names(const ExtInode& directory, bool with_deleted,
                                        const std::function<bool(const ExtName&)>& visit) {
  std::vector<std::byte> content = std::move(content_);
  auto read = volume_->read_content(directory, kMaxDirectorySize, content);
  bool damaged = directory.size > kMaxDirectorySize;
  if (read) {
    bool go_on = true;
    const auto watch = [&](const ExtName& name) { return go_on = visit(name); };
    const bool is_inline = ExtVolume::is_inline(directory);
    const std::size_t step = is_inline ? content.size() : volume_->block_size();
    for (std::size_t at = 0; go_on && at < content.size(); at += step) {
      const auto block =
          std::span<const std::byte>(content).subspan(at, std::min(step, content.size() - at));
      damaged |= !visit_ext_block(block, is_inline, with_deleted, volume_->inode_count(), watch);
    }
  }
  content_ = std::move(content);
  KONSEKI_TRY(std::move(read));
  if (damaged) return fail(ErrorCode::kCorrupt, "damaged directory blocks were skipped");
  return {};
}

Result<std::uint32_t> ExtFileSystem::find_name(std::uint32_t directory, std::string_view name) {
  ExtInode inode;
  KONSEKI_TRY(volume_->read_inode(directory, inode));
  if (inode.type() != FileType::kDirectory) return fail(ErrorCode::kNotFound, std::string(name));
  std::uint32_t found = 0;
  auto visited = visit_names(inode, false, [&](const ExtName& entry) {
    if (entry.name != name) return true;
    found = entry.inode;
    return false;
  });
  if (found != 0) return found;
  KONSEKI_TRY(std::move(visited));
  return fail(ErrorCode::kNotFound, std::string(name));
}

Result<std::uint32_t> ExtFileSystem::find_directory(std::string_view path) {
  std::uint32_t at = ExtVolume::kRootInode;
  if (path.empty()) return at;
  if (auto known = directories_.find(std::string(path)); known != directories_.end()) {
    return known->second;
  }
  std::size_t depth = 0;
  for (std::string_view rest = path; !rest.empty();) {
    if (++depth > kMaxDepth) return fail(ErrorCode::kLimitExceeded, "path depth");
    const auto slash = rest.find('/');
    auto next = find_name(at, rest.substr(0, slash));
    if (!next) return fail(next.error().code, std::string(path) + ": " + next.error().detail);
    at = *next;
    rest = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
  }
  if (directories_.size() >= kMaxRemembered) directories_.clear();
  directories_.emplace(path, at);
  return at;
}

// From inode_, but for path and allocation.
void ExtFileSystem::fill(std::uint32_t number, Entry& entry) {
  entry.type = inode_.type();
  entry.inode = number;
  entry.size = inode_.size;
  entry.mode = inode_.mode & 07777u;
  entry.attributes = ((inode_.flags & kFsImmutable) != 0 ? kInodeImmutable : 0) |
                     ((inode_.flags & kFsAppendOnly) != 0 ? kInodeAppendOnly : 0);
  entry.uid = inode_.uid;
  entry.gid = inode_.gid;
  entry.link_count = inode_.links;
  entry.times = inode_.times;
  entry.link_target.clear();
  if (entry.type == FileType::kSymlink && inode_.links > 0) {
    if (auto target = volume_->read_link(inode_)) entry.link_target = *std::move(target);
  }
}

Result<Entry> ExtFileSystem::stat(std::string_view path) {
  Entry entry;
  std::uint32_t number = ExtVolume::kRootInode;
  if (!path.empty()) {
    const auto slash = path.rfind('/');
    KONSEKI_ASSIGN(const std::uint32_t directory,
                   find_directory(slash == std::string_view::npos ? "" : path.substr(0, slash)));
    KONSEKI_ASSIGN(
        number,
        find_name(directory, slash == std::string_view::npos ? path : path.substr(slash + 1)));
  }
  KONSEKI_TRY(volume_->read_inode(number, inode_));
  entry.path = path;
  fill(number, entry);
  return entry;
}

// Answers false when the visitor stopped.
Result<bool> ExtFileSystem::visit_entries(std::uint32_t directory, const std::string& path,
                                          bool with_deleted, const EntryVisitor& visit) {
  ExtInode inode;
  KONSEKI_TRY(volume_->read_inode(directory, inode));
  if (inode.type() != FileType::kDirectory) return fail(ErrorCode::kNotFound, path);
  Entry entry;
  bool go_on = true;
  Result<void> damage;
  auto visited = visit_names(inode, with_deleted, [&](const ExtName& name) {
    entry.path.assign(path);
    if (!entry.path.empty()) entry.path += '/';
    entry.path += name.name;
    auto read = volume_->read_inode(name.inode, inode_);
    const bool free = read && inode_.links == 0;
    entry.allocation = name.deleted ? Allocation::kDeleted : Allocation::kAllocated;
    if (read && (!name.deleted || free)) {
      if (name.deleted) named_deleted_.insert(name.inode);
      fill(name.inode, entry);
    } else {
      // A deleted name whose inode now belongs to another file, or an unreadable inode: the name
      // is all there is.
      std::string kept = std::move(entry.path);
      const Allocation allocation = entry.allocation;
      entry = Entry{};
      entry.path = std::move(kept);
      entry.allocation = allocation;
      entry.type = type_of_name(name.type);
      entry.inode = name.inode;
      if (!read && damage) damage = std::move(read);
    }
    go_on = visit(entry) != WalkAction::kStop;
    return go_on;
  });
  KONSEKI_TRY(std::move(visited));
  KONSEKI_TRY(std::move(damage));
  return go_on;
}

Result<void> ExtFileSystem::list(std::string_view directory, const EntryVisitor& visit) {
  KONSEKI_ASSIGN(const std::uint32_t number, find_directory(directory));
  KONSEKI_TRY(visit_entries(number, std::string(directory), false, visit));
  return {};
}

// Inodes of deleted files whose names are gone: times, owner and mode are still told.
Result<void> ExtFileSystem::visit_orphans(const WalkOptions& options, const EntryVisitor& visit) {
  Entry entry;
  const std::uint32_t per_group = volume_->inodes_per_group();
  for (std::uint32_t number = volume_->first_inode(); number <= volume_->inode_count(); ++number) {
    const std::uint32_t group = (number - 1) / per_group;
    const std::uint32_t unused = std::min(volume_->unused_inodes(group), per_group);
    if ((number - 1) % per_group >= per_group - unused) {
      // The rest of the group was never used.
      const std::uint64_t next = (std::uint64_t{group} + 1) * per_group;
      if (next >= volume_->inode_count()) break;
      number = static_cast<std::uint32_t>(next);
      continue;
    }
    if (number % 4096 == 0 && options.stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "walk");
    }
    if (!volume_->read_inode(number, inode_)) continue;
    if (inode_.links != 0 || inode_.mode == 0 || !inode_.times.deleted ||
        named_deleted_.contains(number)) {
      continue;
    }
    entry = Entry{};
    entry.allocation = Allocation::kOrphan;
    entry.path = "$OrphanFiles/OrphanFile-" + std::to_string(number);
    fill(number, entry);
    if (visit(entry) == WalkAction::kStop) break;
  }
  return {};
}

Result<void> ExtFileSystem::walk(const WalkOptions& options, const EntryVisitor& visit) {
  struct Pending {
    std::uint32_t inode;
    std::uint32_t depth;
    std::string path;
  };
  KONSEKI_ASSIGN(const std::uint32_t start, find_directory(options.start));
  named_deleted_.clear();
  std::vector<Pending> pending;
  pending.push_back({start, 0, options.start});
  std::unordered_set<std::uint32_t> visited{start};  // a damaged tree may hold loops
  std::vector<Pending> children;
  while (!pending.empty()) {
    if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "walk");
    const Pending current = std::move(pending.back());
    pending.pop_back();
    children.clear();
    bool stop = false;
    auto listed = visit_entries(
        current.inode, current.path, options.include_deleted, [&](const Entry& entry) {
          const WalkAction action = visit(entry);
          stop = action == WalkAction::kStop;
          if (action == WalkAction::kContinue && entry.type == FileType::kDirectory &&
              entry.allocation == Allocation::kAllocated &&
              visited.insert(static_cast<std::uint32_t>(entry.inode)).second) {
            children.push_back(
                {static_cast<std::uint32_t>(entry.inode), current.depth + 1, entry.path});
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
  if (!options.include_deleted || !options.start.empty()) return {};
  return visit_orphans(options, visit);
}

Result<std::unique_ptr<ByteReader>> ExtFileSystem::open(const Entry& entry,
                                                        std::string_view stream) {
  std::uint64_t inode = entry.inode;
  if (inode == 0) {
    KONSEKI_ASSIGN(const Entry found, stat(entry.path));
    inode = found.inode;
  }
  if (!stream.empty()) return fail(ErrorCode::kNotFound, entry.path + ":" + std::string(stream));
  KONSEKI_TRY(volume_->read_inode(static_cast<std::uint32_t>(inode), inode_));
  std::vector<ExtRun> runs;
  KONSEKI_ASSIGN(auto reader, open_ext_content(*volume_, inode_, entry.path, runs));
  if (entry.allocation == Allocation::kAllocated) return reader;
  if (inode_.links != 0) {
    return fail(ErrorCode::kUnsupported,
                "overwritten: " + entry.path + ": its inode is in use by another file");
  }
  TSK_FS_INFO* library = mount_.volume.get();
  for (const ExtRun& run : runs) {
    for (std::uint64_t i = 0; i < run.length; ++i) {
      const auto flags = library->block_getflags(library, run.physical + i);
      if ((flags & TSK_FS_BLOCK_FLAG_UNALLOC) != 0) continue;
      return fail(ErrorCode::kUnsupported, "overwritten: " + entry.path + ": block " +
                                               std::to_string(run.physical + i) +
                                               " is in use by another file");
    }
  }
  return reader;
}

}  // namespace

Result<std::unique_ptr<MountableFileSystem>> make_ext_file_system(
    TskMount mount, VolumeInfo info, std::unique_ptr<ByteReader> metadata) {
  KONSEKI_ASSIGN(auto volume, ExtVolume::open(std::move(metadata)));
  return std::make_unique<ExtFileSystem>(std::move(mount), std::move(info), std::move(volume));
}

}  // namespace konseki

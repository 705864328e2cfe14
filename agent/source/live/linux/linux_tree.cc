#include "agent/source/live/linux/linux_tree.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <limits>

#include "agent/base/memory_reader.h"
#include "agent/source/live/linux/device_names.h"
#include "agent/source/live/linux/file_reader.h"
#include "agent/source/live/linux/kernel_text.h"
#include "agent/source/live/linux/read_error.h"
#include "agent/source/live/linux/real_path.h"

namespace konseki {
namespace {

// Below this the read-ahead of the system needs no hint.
constexpr std::uint64_t kLargeFile = 1u << 20;

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NONBLOCK;

// The kernel's own trees, whose links are its own work and are followed.
bool is_kernel_path(std::string_view path) {
  for (const std::string_view tree : {"proc", "sys"}) {
    if (path.substr(0, tree.size()) == tree &&
        (path.size() == tree.size() || path[tree.size()] == '/')) {
      return true;
    }
  }
  return false;
}

// Opens without changing the access time where the system allows, and counts where it does not.
template <class Open>
Result<FileDescriptor> open_sparing(std::uint64_t& impact, int flags, Open open) {
  auto opened = open(flags | O_NOATIME);
  if (!opened && opened.error().code == ErrorCode::kPermissionDenied) {
    opened = open(flags);
    if (opened) ++impact;
  }
  return opened;
}

Result<std::unique_ptr<ByteReader>> make_reader(FileDescriptor file, const Entry& entry,
                                                bool kernel_files, std::size_t whole_kernel_file) {
  StatAnswer answer;
  if (const int error = look_at(file.get(), "", answer)) {
    return fail(read_error(error, entry.path));
  }
  if (file_type(answer.facts.stx_mode) != FileType::kRegular) {
    return fail(ErrorCode::kUnsupported, entry.path + ": not a regular file");
  }
  // Files that the kernel makes up say 0 (proc) or a page (sysfs) whatever they hold.
  if (kernel_files && (answer.facts.stx_size == 0 || is_kernel_path(entry.path)) &&
      answer.facts.stx_blocks == 0) {
    auto bytes = read_to_end(file.get(), entry.path, whole_kernel_file);
    if (bytes) return std::make_unique<MemoryReader>(*std::move(bytes));
    if (bytes.error().code != ErrorCode::kLimitExceeded) return fail(std::move(bytes).error());
    return std::make_unique<FileReader>(std::move(file), entry.path, whole_kernel_file);
  }
  if (answer.facts.stx_size >= kLargeFile) {
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return std::make_unique<FileReader>(std::move(file), entry.path, answer.facts.stx_size);
}

}  // namespace

Result<std::unique_ptr<LinuxTree>> LinuxTree::open_root(const std::string& root,
                                                        LocalTreeOptions options, Seams seams) {
  KONSEKI_ASSIGN(const std::string path, real_path(root));
  FileDescriptor directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory && errno == ENOTDIR) {
    return fail(ErrorCode::kInvalidArgument, root + ": not a directory");
  }
  if (!directory) return fail(read_error(errno, root));

  struct statvfs space {};
  const bool sized = ::fstatvfs(directory.get(), &space) == 0;
  Barriers barriers(path, options);
  VolumeInfo info;
  info.mount = options.mount;
  info.type = "directory";
  info.access_method = "os";
  // Without a mount table (no /proc in a rescue shell) mounts are told by their device alone.
  if (const auto mounts = seams.mounts()) {
    barriers.update(*mounts);
    if (const Mount* mount = mount_of(*mounts, path); mount != nullptr && mount->point == path) {
      info.type = mount->type;
      if (const auto device = block_device_at(mount->source)) {
        info.serial = device_name("/dev/disk/by-uuid", device);
        info.label = device_name("/dev/disk/by-label", device);
      }
      if (sized) info.size = std::uint64_t{space.f_blocks} * space.f_frsize;
    }
  }
  std::unique_ptr<LinuxTree> tree(new LinuxTree(Beneath(std::move(directory), seams.use_openat2),
                                                std::move(barriers), std::move(options),
                                                std::move(seams)));
  tree->info_ = std::move(info);
  return tree;
}

Result<void> LinuxTree::check_way(std::string_view path) const {
  if (const SkippedPlace* place = barriers_.covering(path)) {
    std::string detail(path);
    detail += ": " + place->reason;
    if (!place->type.empty()) detail += " (" + place->type + ")";
    return fail(ErrorCode::kUnsupported, std::move(detail));
  }
  return {};
}

Result<FileDescriptor> LinuxTree::open_file(std::string_view path, int flags) {
  return options_.kernel_files && is_kernel_path(path) ? beneath_.open_following(path, flags)
                                                       : beneath_.open(path, flags | O_NOFOLLOW);
}

Result<FileDescriptor> LinuxTree::open_directory(std::string_view path) {
  return open_sparing(impact_.directories, kDirectoryFlags,
                      [&](int flags) { return open_file(path, flags); });
}

Result<FileDescriptor> LinuxTree::open_directory_at(const FileDescriptor& ancestor,
                                                    std::string_view below) {
  return open_sparing(impact_.directories, kDirectoryFlags, [&](int flags) {
    return beneath_.open_at(ancestor, below, flags | O_NOFOLLOW);
  });
}

Result<Entry> LinuxTree::stat(std::string_view path) {
  if (path.empty()) {
    KONSEKI_ASSIGN(const FileDescriptor root, beneath_.open("", O_PATH));
    StatAnswer answer;
    if (const int error = look_at(root.get(), "", answer)) return fail(read_error(error, "/"));
    Entry entry;
    fill_entry(answer, entry);
    return entry;
  }
  KONSEKI_TRY(check_way(path));
  const auto slash = path.rfind('/');
  const auto parent = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  const std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  if (!is_plain_path(path)) {
    return fail(ErrorCode::kInvalidArgument, std::string(path) + ": not a plain path");
  }
  // The search for hidden processes asks for /proc/N up to millions of times: one call each.
  const bool in_proc = options_.kernel_files && parent == "proc";
  FileDescriptor opened;
  if (!in_proc || !proc_) {
    KONSEKI_ASSIGN(opened, parent.empty() ? beneath_.open("", O_PATH)
                                          : open_file(parent, O_PATH | O_DIRECTORY));
  }
  if (in_proc && !proc_) proc_ = std::move(opened);
  const int directory = in_proc ? proc_.get() : opened.get();
  StatAnswer answer;
  if (const int error = look_at(directory, name.c_str(), answer)) {
    return fail(read_error(error, path));
  }
  Entry entry;
  entry.path = path;
  fill_entry(answer, entry);
  if (is_own(entry)) {
    return fail(ErrorCode::kUnsupported, std::string(path) + ": the output of this run");
  }
  add_details(directory, name.c_str(), answer, entry);
  return entry;
}

void LinuxTree::add_details(int directory, const char* name, const StatAnswer& answer,
                            Entry& entry) {
  entry.link_target.clear();
  if (entry.type == FileType::kSymlink) {
    std::array<char, PATH_MAX> target;  // no Linux file system holds longer ones
    const ssize_t length = ::readlinkat(directory, name, target.data(), target.size());
    if (length > 0) entry.link_target.assign(target.data(), static_cast<std::size_t>(length));
    ++impact_.links;
  }
  if (!options_.kernel_files) ntfs_.complete(directory, name, answer, entry);
}

LinuxTree::Look LinuxTree::look(int directory, const NameBatch::Name& name, const char* text,
                                std::uint64_t mount_id, Entry& entry, StatAnswer& answer,
                                int& error) {
  error = look_at(directory, text, answer);
  if (error == ENOENT) return Look::kGone;
  if (error != 0) {
    // A directory that may be listed but not searched: the name is all there is.
    fill_unseen(name.type, name.inode, entry);
    answer.mount_id = mount_id;
    return Look::kFound;
  }
  if (answer.mount_id != mount_id && answer.mount_id != 0 && mount_id != 0) {
    // Mounted since we last looked at the mount table?
    if (!barriers_.knows_mount(answer.mount_id)) {
      if (const auto mounts = seams_.mounts()) barriers_.update(*mounts);
    }
    if (barriers_.covering(entry.path) != nullptr) {
      fill_unseen(name.type, 0, entry);
      return Look::kBarrier;
    }
  }
  fill_entry(answer, entry);
  if (is_own(entry)) return Look::kGone;
  add_details(directory, text, answer, entry);
  return Look::kFound;
}

Result<void> LinuxTree::list(std::string_view path, const EntryVisitor& visit) {
  KONSEKI_TRY(check_way(path));
  KONSEKI_ASSIGN(const FileDescriptor directory, open_directory(path));
  StatAnswer answer;
  if (const int error = look_at(directory.get(), "", answer)) {
    return fail(read_error(error, path));
  }
  const std::uint64_t mount_id = answer.mount_id;
  NameBatch batch;
  DirectoryNames names;
  auto read = names.read(directory.get(), std::numeric_limits<std::size_t>::max(), batch);
  batch.sort_by_name();

  const auto* barriers = barriers_.names_in(std::string(path));
  Entry entry;
  std::string prefix(path);
  if (!prefix.empty()) prefix += '/';
  int first_error = 0;
  for (std::size_t index = 0; index < batch.size(); ++index) {
    const char* text = batch.text(batch[index]);
    entry.path.assign(prefix).append(text);
    const SkippedPlace* barrier = barriers == nullptr ? nullptr : barriers_.covering(entry.path);
    int error = 0;
    if (barrier == nullptr) {
      const Look found = look(directory.get(), batch[index], text, mount_id, entry, answer, error);
      if (found == Look::kGone) continue;
      if (error != 0 && first_error == 0) first_error = error;
    } else {
      if (barrier->reason == "excluded") continue;
      fill_unseen(batch[index].type, 0, entry);
    }
    if (visit(entry) == WalkAction::kStop) return {};
  }
  if (!read) return fail(read.error());
  if (first_error != 0) return fail(read_error(first_error, path));
  return {};
}

Result<std::unique_ptr<ByteReader>> LinuxTree::open(const Entry& entry, std::string_view stream) {
  if (entry.cloud_placeholder) {
    return fail(ErrorCode::kUnsupported, entry.path + ": its data is not on this volume");
  }
  if (!stream.empty()) return open_stream(entry, stream);
  const bool magic_link =
      options_.kernel_files && entry.type == FileType::kSymlink && is_kernel_path(entry.path);
  if (entry.type != FileType::kRegular && !magic_link) {
    return fail(ErrorCode::kUnsupported, entry.path + ": not a regular file");
  }
  KONSEKI_TRY(check_way(entry.path));
  if (magic_link) {
    // What it leads to may be a device or a pipe: looked at before it is opened.
    KONSEKI_ASSIGN(const FileDescriptor target, beneath_.open_following(entry.path, O_PATH));
    StatAnswer answer;
    if (const int error = look_at(target.get(), "", answer)) {
      return fail(read_error(error, entry.path));
    }
    if (file_type(answer.facts.stx_mode) != FileType::kRegular) {
      return fail(ErrorCode::kUnsupported, entry.path + ": does not lead to a regular file");
    }
  }
  KONSEKI_ASSIGN(FileDescriptor file,
                 open_sparing(impact_.files, O_RDONLY | O_NONBLOCK | O_NOCTTY,
                              [&](int flags) { return open_file(entry.path, flags); }));
  return make_reader(std::move(file), entry, options_.kernel_files, seams_.whole_kernel_file);
}

Result<std::unique_ptr<ByteReader>> LinuxTree::open_stream(const Entry& entry,
                                                           std::string_view stream) {
  if (entry.type != FileType::kRegular && entry.type != FileType::kDirectory) {
    return fail(ErrorCode::kUnsupported, entry.path + ": not a regular file");
  }
  KONSEKI_TRY(check_way(entry.path));
  KONSEKI_ASSIGN(const FileDescriptor file,
                 open_sparing(impact_.files, O_RDONLY | O_NONBLOCK | O_NOCTTY,
                              [&](int flags) { return open_file(entry.path, flags); }));
  return MountedNtfs::open_stream(file.get(), entry.path, stream);
}

Result<std::unique_ptr<LocalTree>> open_local_tree(const std::string& root,
                                                   LocalTreeOptions options) {
  KONSEKI_ASSIGN(auto tree, LinuxTree::open_root(root, std::move(options), {}));
  return tree;
}

}  // namespace konseki

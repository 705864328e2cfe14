#include "collectors/linux/procfs/mount_table.h"

#include <algorithm>
#include <array>

#include "collectors/linux/procfs/pseudo_file.h"

namespace konseki::procfs {
namespace {

constexpr auto kRemote = std::to_array<std::string_view>(
    {"autofs", "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre",
     "gfs2", "ocfs2", "coda", "ncpfs"});

bool is_above(std::string_view point, std::string_view path) {
  if (point == "/") return true;
  return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

}  // namespace

MountTable MountTable::read(FileSystem& kernel) {
  MountTable table;
  const auto read = for_each_line(kernel, "proc/self/mountinfo", [&table](std::string_view line) {
    if (auto mount = parse_mount_info(line)) table.mounts_.push_back(std::move(*mount));
    return table.mounts_.size() < kMaxMounts;
  });
  // An empty table is what callers must cope with in a rescue shell anyway.
  (void)read;
  return table;
}

const MountInfo* MountTable::covering(std::string_view path) const {
  const MountInfo* best = nullptr;
  for (const MountInfo& mount : mounts_) {
    if (!is_above(mount.point, path)) continue;
    if (best == nullptr || mount.point.size() >= best->point.size()) best = &mount;
  }
  return best;
}

bool MountTable::safe_to_touch(std::string_view path) const {
  const MountInfo* mount = covering(path);
  if (mount == nullptr) return true;
  return !mount->type.starts_with("fuse") &&
         std::ranges::find(kRemote, mount->type) == kRemote.end();
}

}  // namespace konseki::procfs

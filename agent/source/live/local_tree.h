// LocalTree: the files the operating system shows below one directory, as a FileSystem.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/base/own_files.h"
#include "konseki/file_system.h"

namespace konseki {

// A place that is not looked into, so that "could not look" is never taken for "not there".
struct SkippedPlace {
  std::string path;    // as Entry::path, inside the tree
  std::string type;    // file system type ("nfs4", "proc"); empty for excluded paths
  std::string source;  // device, server or export as the system names it
  std::string reason;  // stable snake_case: network_file_system, pseudo_file_system, automount,
                       // remote_fuse, unknown_file_system, container_overlay, excluded, own_medium
};

// What looking has changed, or may have changed, in the evidence.
struct AccessTimeImpact {
  std::uint64_t files = 0;        // opened without O_NOATIME: the system refused it
  std::uint64_t directories = 0;  // likewise, listed
  std::uint64_t links = 0;        // symbolic links read; the system has no way to spare those
};

struct LocalTreeOptions {
  std::string mount;  // VolumeInfo::mount of the tree
  // Enters network, remote FUSE and pseudo file systems too. Off: only file systems kept on this
  // machine's own disks and memory, and whatever the root itself lies on.
  bool cross_all = false;
  // For reading the kernel's own files below /proc and /sys: their symbolic links are followed
  // (open() follows /proc/PID/exe too), and their content is taken whole at open(), so that
  // size() is right.
  bool kernel_files = false;
  // Absolute paths (of this machine, not of the tree) that are left out with all below them.
  std::vector<std::string> exclude;
  // Absolute mount points of our own media, left out whole.
  std::vector<std::string> own_media;
  // Files that are not there for this tree, under any name, for we write them; may be null.
  std::shared_ptr<const OwnFiles> own_files;
};

// Reads through the operating system, with these rules on top of FileSystem's:
// - The root may be any directory; the root path itself may hold symbolic links. Below it none is
//   ever followed, in any component, so that a hostile tree cannot lead outside.
// - Only regular files are opened. Devices, pipes and sockets are listed, never touched.
// - Access times are kept where the system allows (see access_time_impact()).
// - walk() visits each directory by inode number, which is disk order on most file systems, and
//   all of a directory before what is below; list() goes by name.
// - Names of any bytes and paths of any length; depth is bounded and reported through on_error.
// Not thread-safe; readers it opened are independent of it.
class LocalTree : public FileSystem {
 public:
  // Known at once for what is mounted when the tree is opened; grows during a walk.
  virtual std::span<const SkippedPlace> skipped() const = 0;
  virtual AccessTimeImpact access_time_impact() const = 0;
};

// NotFound, PermissionDenied, or InvalidArgument when `root` is not a directory.
Result<std::unique_ptr<LocalTree>> open_local_tree(const std::string& root,
                                                   LocalTreeOptions options = {});

}  // namespace konseki

// MountTable: what is mounted where, so that collectors do not wake what they should not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/linux/procfs/mount_info.h"
#include "konseki/file_system.h"

namespace konseki::procfs {

// Our own mount namespace at one moment. At most kMaxMounts are kept.
class MountTable {
 public:
  static constexpr std::size_t kMaxMounts = 100'000;

  // Empty when mountinfo cannot be read.
  static MountTable read(FileSystem& kernel);

  // The mount that `path` ("/home/a") lies on: the last of the longest points above it. Null when
  // unknown.
  const MountInfo* covering(std::string_view path) const;

  // False where looking could mount something (autofs) or hang on a server that is gone (network
  // file systems, FUSE).
  bool safe_to_touch(std::string_view path) const;

 private:
  std::vector<MountInfo> mounts_;
};

}  // namespace konseki::procfs

// Opening paths that must stay below a directory.
#pragma once

#include <string_view>

#include "agent/source/live/linux/file_descriptor.h"
#include "konseki/result.h"

namespace konseki {

// Names joined by single '/', none of them "." or ".."; or "".
bool is_plain_path(std::string_view path);

// A directory that paths are resolved from. Paths are plain and of any length; "" is the directory
// itself. No symbolic link is followed in any component, by openat2(2) where the kernel has it,
// else one component at a time.
class Beneath {
 public:
  Beneath(FileDescriptor root, bool use_openat2);

  // `flags` as for open(2); O_CLOEXEC is added. With O_PATH | O_NOFOLLOW the last component may
  // be a symbolic link. NotFound where a link or a file stands in the way.
  Result<FileDescriptor> open(std::string_view path, int flags) {
    return open_at(root_, path, flags);
  }
  // The same from a directory below the root that is open already.
  Result<FileDescriptor> open_at(const FileDescriptor& directory, std::string_view path, int flags);

  // As open(), links followed as any program would: only for the kernel's own files.
  Result<FileDescriptor> open_following(std::string_view path, int flags);

 private:
  int open_from(int directory, std::string_view path, int flags);
  int open_by_component(int directory, std::string_view path, int flags);

  FileDescriptor root_;
  bool openat2_;
};

}  // namespace konseki

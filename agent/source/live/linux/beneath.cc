#include "agent/source/live/linux/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>

#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

int call_openat2(int directory, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof(how)));
}

}  // namespace

bool is_plain_path(std::string_view path) {
  if (path.empty()) return true;
  while (true) {
    const auto slash = path.find('/');
    const auto name = path.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return false;
    if (name.find('\0') != std::string_view::npos) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

// Tried once, for old kernels lack the call and old sandboxes forbid it.
Beneath::Beneath(FileDescriptor root, bool use_openat2)
    : root_(std::move(root)),
      openat2_(use_openat2 &&
               FileDescriptor(call_openat2(root_.get(), ".", O_PATH | O_DIRECTORY))) {}

int Beneath::open_by_component(int directory, std::string_view path, int flags) {
  FileDescriptor step;
  int at = directory;
  while (true) {
    const auto slash = path.find('/');
    const std::string name(path.substr(0, slash));
    const bool last = slash == std::string_view::npos;
    const int fd =
        ::openat(at, name.c_str(), (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
    if (last || fd < 0) return fd;
    step = FileDescriptor(fd);
    at = fd;
    path.remove_prefix(slash + 1);
  }
}

int Beneath::open_from(int directory, std::string_view path, int flags) {
  if (openat2_) {
    const int fd = call_openat2(directory, std::string(path), flags);
    if (fd >= 0 || errno != EAGAIN) return fd;
    // A rename elsewhere raced with the look-up.
  }
  return open_by_component(directory, path, flags);
}

Result<FileDescriptor> Beneath::open_at(const FileDescriptor& directory, std::string_view path,
                                        int flags) {
  if (!is_plain_path(path)) {
    return fail(ErrorCode::kInvalidArgument, std::string(path) + ": not a plain path");
  }
  if (path.empty()) {
    const int fd = ::openat(directory.get(), ".", flags | O_CLOEXEC);
    if (fd < 0) return fail(read_error(errno, "/"));
    return FileDescriptor(fd);
  }
  const std::string_view whole = path;
  FileDescriptor step;
  int at = directory.get();
  while (path.size() >= PATH_MAX) {  // the kernel takes less in one go
    const auto slash = path.rfind('/', PATH_MAX - 2);
    if (slash == std::string_view::npos) return fail(read_error(ENAMETOOLONG, whole));
    const int fd = open_from(at, path.substr(0, slash), O_PATH | O_DIRECTORY);
    if (fd < 0) return fail(read_error(errno, whole));
    step = FileDescriptor(fd);
    at = fd;
    path.remove_prefix(slash + 1);
  }
  const int fd = open_from(at, path, flags);
  if (fd < 0) return fail(read_error(errno, whole));
  return FileDescriptor(fd);
}

Result<FileDescriptor> Beneath::open_following(std::string_view path, int flags) {
  if (!is_plain_path(path)) {
    return fail(ErrorCode::kInvalidArgument, std::string(path) + ": not a plain path");
  }
  const std::string text(path.empty() ? std::string_view(".") : path);
  const int fd = ::openat(root_.get(), text.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return fail(read_error(errno, path));
  return FileDescriptor(fd);
}

}  // namespace konseki

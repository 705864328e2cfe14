#include "agent/base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <utility>

#include "agent/base/system_error.h"

namespace konseki {
namespace {

// With what to do where the medium itself does not answer: pulled out, or failing.
Error output_error(int number, std::string action) {
  Error error = system_error(number, std::move(action));
  switch (number) {
    case EIO:
    case ENODEV:
    case ENOMEDIUM:
    case ENOTCONN:  // of a file system in user space
    case ENXIO:
    case ESTALE:
      error.advice = kOutputGone;
      break;
    default:
      break;
  }
  return error;
}

Result<void> write_all(int descriptor, std::span<const std::byte> bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail(output_error(errno, "write " + name));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Of a regular file.
std::optional<FileIdentity> identity_of(int descriptor) {
  struct ::stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  return FileIdentity{facts.st_dev, facts.st_ino};
}

class PosixOutputFile : public OutputFile {
 public:
  PosixOutputFile(int descriptor, std::string path, std::string partial)
      : descriptor_(descriptor),
        identity_(identity_of(descriptor)),
        path_(std::move(path)),
        partial_(std::move(partial)) {}
  ~PosixOutputFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  const std::string& partial_path() const override { return partial_; }
  std::optional<FileIdentity> identity() const override { return identity_; }

  Result<void> write(std::span<const std::byte> bytes) override {
    if (descriptor_ < 0) return fail(ErrorCode::kInternal, "write after commit: " + path_);
    return write_all(descriptor_, bytes, partial_);
  }

  Result<void> commit() override {
    if (descriptor_ < 0) return fail(ErrorCode::kInternal, "second commit: " + path_);
    if (::fsync(descriptor_) != 0) return fail(output_error(errno, "fsync " + partial_));
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) return fail(output_error(errno, "close " + partial_));
    KONSEKI_TRY(rename_exclusive());
    // The new name must survive a power cut as well; not every file system can promise that.
    const int directory = ::open(parent_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
      ::fsync(directory);
      ::close(directory);
    }
    return {};
  }

 private:
  Result<void> rename_exclusive() {
#ifdef RENAME_NOREPLACE
    if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) {
      return {};
    }
    if (errno != EINVAL && errno != ENOSYS) {
      return fail(output_error(errno, "rename to " + path_));
    }
#endif
    // FAT and some network volumes know no exclusive rename; the window left is one call wide.
    if (::access(path_.c_str(), F_OK) == 0) {
      return fail(system_error(EEXIST, "rename to " + path_));
    }
    if (::rename(partial_.c_str(), path_.c_str()) != 0) {
      return fail(output_error(errno, "rename to " + path_));
    }
    return {};
  }

  int descriptor_;
  std::optional<FileIdentity> identity_;
  std::string path_;
  std::string partial_;
};

class StandardOutput : public OutputStream {
 public:
  Result<void> write(std::span<const std::byte> bytes) override {
    return write_all(STDOUT_FILENO, bytes, "stdout");
  }
};

}  // namespace

Result<std::unique_ptr<OutputFile>> OutputFile::create(std::string path) {
  std::string partial = path + ".partial";
  if (::access(path.c_str(), F_OK) == 0) return fail(system_error(EEXIST, "create " + path));
  const int descriptor =
      ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(system_error(errno, "create " + partial));
  return std::make_unique<PosixOutputFile>(descriptor, std::move(path), std::move(partial));
}

std::unique_ptr<OutputStream> standard_output() { return std::make_unique<StandardOutput>(); }

std::optional<FileIdentity> standard_output_identity() { return identity_of(STDOUT_FILENO); }

bool standard_error_is_terminal() { return ::isatty(2) == 1; }

Result<std::uint64_t> free_space(const std::string& directory) {
  struct statvfs facts {};
  if (::statvfs(directory.c_str(), &facts) != 0) {
    return fail(system_error(errno, "statvfs " + directory));
  }
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

Result<std::uint64_t> largest_file(const std::string& directory) {
  constexpr std::uint64_t kFat = (std::uint64_t{1} << 32) - 1;
  constexpr auto kFatMagic = 0x4d44;  // statfs(2), for FAT of any width
  struct statfs facts {};
  if (::statfs(directory.c_str(), &facts) != 0) {
    return fail(system_error(errno, "statfs " + directory));
  }
  if (facts.f_type == kFatMagic) return kFat;
  return static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

}  // namespace konseki

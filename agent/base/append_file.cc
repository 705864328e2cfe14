#include "agent/base/append_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "agent/base/system_error.h"

namespace konseki {
namespace {

class PosixAppendFile : public AppendFile {
 public:
  PosixAppendFile(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixAppendFile() override { ::close(descriptor_); }

  Result<void> lock() {
    struct ::stat facts {};
    if (::fstat(descriptor_, &facts) != 0) return fail(system_error(errno, "stat " + path_));
    if (!S_ISREG(facts.st_mode)) return fail(system_error(EINVAL, "append to " + path_));
    while (::flock(descriptor_, LOCK_EX) != 0) {
      if (errno != EINTR) return fail(system_error(errno, "lock " + path_));
    }
    return {};
  }

  Result<std::string> content(std::uint64_t limit) override {
    std::string text;
    std::string buffer(64 * 1024, '\0');
    while (true) {
      const ssize_t got =
          ::pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(system_error(errno, "read " + path_));
      if (got == 0) return text;
      text.append(buffer, 0, static_cast<std::size_t>(got));
      if (text.size() > limit) return fail(ErrorCode::kLimitExceeded, path_ + ": too long");
    }
  }

  Result<void> append(std::string_view text) override {
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fail(system_error(errno, "write " + path_));
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor_) != 0) return fail(system_error(errno, "fsync " + path_));
    return {};
  }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<AppendFile>> AppendFile::open(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  if (descriptor < 0) return fail(system_error(errno, "open " + path));
  auto file = std::make_unique<PosixAppendFile>(descriptor, path);
  KONSEKI_TRY(file->lock());
  return file;
}

}  // namespace konseki

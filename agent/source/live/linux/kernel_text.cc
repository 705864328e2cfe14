#include "agent/source/live/linux/kernel_text.h"

#include <fcntl.h>

#include <cerrno>

#include "agent/source/live/linux/file_descriptor.h"
#include "agent/source/live/linux/read_error.h"

namespace konseki {

Result<std::vector<std::byte>> read_to_end(int fd, std::string_view what, std::size_t limit) {
  std::vector<std::byte> bytes;
  std::size_t filled = 0;
  while (true) {
    if (bytes.size() - filled < 4096) bytes.resize(bytes.size() * 2 + 16384);
    const ssize_t count = ::read(fd, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(read_error(errno, what));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    if (filled > limit) {
      return fail(ErrorCode::kLimitExceeded, std::string(what) + ": too long");
    }
  }
  bytes.resize(filled);
  return bytes;
}

Result<std::string> read_kernel_text(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return fail(read_error(errno, path));
  KONSEKI_ASSIGN(const auto bytes, read_to_end(file.get(), path));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace konseki

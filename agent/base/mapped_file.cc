#include "agent/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "agent/base/system_error.h"

namespace konseki {
namespace {

class Mapping : public MappedFile {
 public:
  Mapping(void* address, std::size_t size) : address_(address), size_(size) {}
  ~Mapping() override { ::munmap(address_, size_); }
  std::span<const std::byte> bytes() const override {
    return {static_cast<const std::byte*>(address_), size_};
  }

 private:
  void* address_;
  std::size_t size_;
};

class Copy : public MappedFile {
 public:
  explicit Copy(std::vector<std::byte> content) : content_(std::move(content)) {}
  std::span<const std::byte> bytes() const override { return content_; }

 private:
  std::vector<std::byte> content_;
};

Result<std::unique_ptr<const MappedFile>> read_whole(int descriptor, std::size_t size,
                                                     const std::string& path) {
  std::vector<std::byte> content(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t count = ::read(descriptor, content.data() + filled, size - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, "read " + path));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  content.resize(filled);
  return std::make_unique<const Copy>(std::move(content));
}

}  // namespace

Result<std::unique_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(system_error(errno, "open " + path));
  struct Closed {
    int descriptor;
    ~Closed() { ::close(descriptor); }
  } closed{descriptor};
  struct ::stat facts {};
  if (::fstat(descriptor, &facts) != 0) return fail(system_error(errno, "stat " + path));
  if (!S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::kInvalidArgument, path,
                {"This is no ordinary file.", "通常のファイルではありません。"});
  }
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size > 0) {
    void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address != MAP_FAILED) return std::make_unique<const Mapping>(address, size);
  }
  return read_whole(descriptor, size, path);
}

}  // namespace konseki

#include "agent/source/live/linux/file_reader.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

constexpr auto kMaxOffset = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

}  // namespace

Result<std::size_t> FileReader::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size() && offset + filled < kMaxOffset) {
    const ssize_t count = ::pread(file_.get(), out.data() + filled, out.size() - filled,
                                  static_cast<off_t>(offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(read_error(errno, path_ + " at offset " + std::to_string(offset + filled)));
    }
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

ByteRange FileReader::next_data(std::uint64_t offset) {
  if (offset >= size_) return {size_, 0};
  const off_t data = ::lseek(file_.get(), static_cast<off_t>(offset), SEEK_DATA);
  if (data < 0) {
    // ENXIO: only a hole follows. Anything else: no knowledge of holes here.
    if (errno == ENXIO) return {size_, 0};
    return {offset, size_ - offset};
  }
  const auto begin = static_cast<std::uint64_t>(data);
  if (begin >= size_) return {size_, 0};
  const off_t hole = ::lseek(file_.get(), data, SEEK_HOLE);
  const std::uint64_t end = hole < 0 ? size_ : std::min(size_, static_cast<std::uint64_t>(hole));
  return {begin, end - begin};
}

}  // namespace konseki

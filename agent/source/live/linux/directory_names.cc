#include "agent/source/live/linux/directory_names.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

constexpr std::size_t kBufferSize = 128u << 10;

FileType type_of(unsigned char type) {
  switch (type) {
    case DT_REG:
      return FileType::kRegular;
    case DT_DIR:
      return FileType::kDirectory;
    case DT_LNK:
      return FileType::kSymlink;
    case DT_FIFO:
      return FileType::kFifo;
    case DT_CHR:
      return FileType::kCharacterDevice;
    case DT_BLK:
      return FileType::kBlockDevice;
    case DT_SOCK:
      return FileType::kSocket;
    default:
      return FileType::kUnknown;
  }
}

}  // namespace

void NameBatch::clear() {
  names_.clear();
  text_.clear();
}

void NameBatch::add(std::uint64_t inode, FileType type, std::string_view name) {
  names_.push_back({inode, text_.size(), type});
  text_.append(name);
  text_.push_back('\0');
}

void NameBatch::sort_by_inode() {
  std::sort(names_.begin(), names_.end(), [this](const Name& a, const Name& b) {
    if (a.inode != b.inode) return a.inode < b.inode;
    return std::strcmp(text(a), text(b)) < 0;
  });
}

void NameBatch::sort_by_name() {
  std::sort(names_.begin(), names_.end(),
            [this](const Name& a, const Name& b) { return std::strcmp(text(a), text(b)) < 0; });
}

DirectoryNames::DirectoryNames() : buffer_(new std::byte[kBufferSize]) {}

Result<bool> DirectoryNames::read(int directory, std::size_t wanted, NameBatch& batch) {
  while (batch.size() < wanted) {
    const ssize_t count = ::getdents64(directory, buffer_.get(), kBufferSize);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == ENOENT) return false;  // removed while being read
    if (count < 0) return fail(read_error(errno, "reading the directory"));
    if (count == 0) return false;
    const auto length = static_cast<std::size_t>(count);
    for (std::size_t at = 0; at < length;) {
      const auto* item = reinterpret_cast<const dirent64*>(buffer_.get() + at);
      at += item->d_reclen;
      const std::string_view name(item->d_name);
      if (name == "." || name == "..") continue;
      batch.add(item->d_ino, type_of(item->d_type), name);
    }
  }
  return true;
}

}  // namespace konseki

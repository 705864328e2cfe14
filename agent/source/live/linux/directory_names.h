// DirectoryNames: the names in one open directory, in batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/file_system.h"
#include "konseki/result.h"

namespace konseki {

// Names of one batch. Reused from directory to directory, so that a walk allocates next to
// nothing.
class NameBatch {
 public:
  struct Name {
    std::uint64_t inode;
    std::size_t offset;
    FileType type;  // kUnknown where the file system does not say
  };

  void clear();
  void add(std::uint64_t inode, FileType type, std::string_view name);
  std::size_t size() const { return names_.size(); }
  const Name& operator[](std::size_t index) const { return names_[index]; }
  // NUL-terminated, valid until the batch changes.
  const char* text(const Name& name) const { return text_.data() + name.offset; }

  void sort_by_inode();  // then by name
  void sort_by_name();

 private:
  std::vector<Name> names_;
  std::string text_;
};

// Reads names with getdents64(2); "." and ".." are left out.
class DirectoryNames {
 public:
  DirectoryNames();

  // Appends at least `wanted` names of the directory to `batch`, or all that remain. False when
  // nothing remains after them.
  Result<bool> read(int directory, std::size_t wanted, NameBatch& batch);

 private:
  std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace konseki

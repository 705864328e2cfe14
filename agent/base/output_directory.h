// OutputDirectory: writes a tree of files whose names come from evidence, and never outside of it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki {

// A new file of the tree. Closed when it goes away.
class ExportedFile {
 public:
  virtual ~ExportedFile() = default;
  // What lies between written ranges reads as zeros.
  virtual Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual Result<void> set_size(std::uint64_t size) = 0;
  virtual Result<void> set_modified(const Timestamp& time) = 0;
};

// Who may read what is made. A tree for everybody is one to carry: every file of it can be read
// and started by any user, as on a FAT stick.
enum class OutputAccess { kOwner, kEverybody };

// Paths are relative, '/' separated and free of ".." (kInvalidArgument else). Folders on the way
// are made as needed and no link is ever followed, whoever put it there; nothing is replaced.
// On Windows characters of names that it does not allow are written as %XX ("C:" as "C%3A"), and
// so are a dot or blank at the end and the first letter of a device's name ("%43ON").
class OutputDirectory {
 public:
  // Makes the directory `path`, which must not exist while its parent must.
  static Result<std::unique_ptr<OutputDirectory>> create(
      const std::string& path, OutputAccess access = OutputAccess::kOwner);

  virtual ~OutputDirectory() = default;
  virtual Result<std::unique_ptr<ExportedFile>> create_file(const std::string& path) = 0;
  virtual Result<void> create_directory(const std::string& path) = 0;
  virtual Result<void> create_symlink(const std::string& target, const std::string& path) = 0;
  // Of a folder or link that exists; a link's own time.
  virtual Result<void> set_modified(const std::string& path, const Timestamp& time) = 0;
};

}  // namespace konseki

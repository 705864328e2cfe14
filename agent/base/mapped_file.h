// MappedFile: a file of our own (an index) as bytes in memory that the system loads as needed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "konseki/result.h"

namespace konseki {

// Read-only; safe to share between threads. The bytes live as long as the object. Whoever can
// change the file can change the bytes while they are read, so readers check every offset each
// time. Where the system cannot map a file, it is read whole.
class MappedFile {
 public:
  // Errors name `path` (bytes as the system takes them, UTF-8 on Windows).
  static Result<std::unique_ptr<const MappedFile>> open(const std::string& path);

  virtual ~MappedFile() = default;
  virtual std::span<const std::byte> bytes() const = 0;
};

}  // namespace konseki

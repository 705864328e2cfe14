// AppendFile: a log that is only ever added to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki {

// Held alone: another process that opens the same file waits until this object goes away.
class AppendFile {
 public:
  // Opens `path`, which may be new (then readable by its owner only). No link is followed;
  // kInvalidArgument when it is no ordinary file.
  static Result<std::unique_ptr<AppendFile>> open(const std::string& path);

  virtual ~AppendFile() = default;
  // All of it; kLimitExceeded when it holds more than `limit` bytes.
  virtual Result<std::string> content(std::uint64_t limit) = 0;
  // Adds `text` at the end and has it on the disk before it answers.
  virtual Result<void> append(std::string_view text) = 0;
};

}  // namespace konseki

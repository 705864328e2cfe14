// An OutputStream into memory that can be told to fail.
#pragma once

#include <string>

#include "agent/base/output_stream.h"

namespace konseki::testing {

class MemoryOutput : public OutputStream {
 public:
  // Fails once `limit` bytes would be passed, as a full disk does.
  explicit MemoryOutput(std::size_t limit = static_cast<std::size_t>(-1)) : limit_(limit) {}

  Result<void> write(std::span<const std::byte> bytes) override {
    if (bytes.size() > limit_ - bytes_.size()) return fail(ErrorCode::kIoError, "full");
    bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::size_t limit_;
  std::string bytes_;
};

}  // namespace konseki::testing

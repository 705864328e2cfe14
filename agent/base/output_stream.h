// OutputStream: where bytes go, in order, once.
#pragma once

#include <cstddef>
#include <span>

#include "konseki/result.h"

namespace konseki {

// Takes all of what it is given or answers an Error, after which its output is not to be trusted.
// Used by one thread at a time.
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  virtual Result<void> write(std::span<const std::byte> bytes) = 0;
};

}  // namespace konseki

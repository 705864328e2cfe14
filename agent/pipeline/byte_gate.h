// ByteGate: bounds the bytes in flight between the reader and the writer.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace konseki {

// A counting semaphore in bytes. A single request larger than the whole gate is let through when
// nothing else is in flight, so that it can never block for ever. Thread-safe.
class ByteGate {
 public:
  explicit ByteGate(std::uint64_t capacity) : capacity_(capacity) {}

  // Blocks until `bytes` fit.
  void acquire(std::uint64_t bytes);
  void release(std::uint64_t bytes);

 private:
  const std::uint64_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t used_ = 0;
};

}  // namespace konseki

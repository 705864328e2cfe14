// ByteReaders over memory, and reading a whole ByteReader into memory within a limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "konseki/byte_reader.h"

namespace konseki {

// Reads a span that someone else keeps alive.
class SpanReader : public ByteReader {
 public:
  explicit SpanReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  std::span<const std::byte> bytes_;
};

// Owns its bytes.
class MemoryReader : public SpanReader {
 public:
  explicit MemoryReader(std::vector<std::byte> bytes)
      : SpanReader(bytes), bytes_(std::move(bytes)) {}

 private:
  std::vector<std::byte> bytes_;  // moving a vector keeps its buffer, so the base's span holds
};

// All bytes of `reader`; kLimitExceeded when it says it holds more than `limit`. A reader that
// ends early gives what there was.
Result<std::vector<std::byte>> read_all(ByteReader& reader, std::uint64_t limit);

}  // namespace konseki

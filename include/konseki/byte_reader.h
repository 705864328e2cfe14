// ByteReader: random access to a run of bytes of evidence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "konseki/result.h"

namespace konseki {

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  std::uint64_t end() const { return offset + length; }
  bool operator==(const ByteRange&) const = default;
};

// Reads bytes at any offset; never writes. Not thread-safe: one user at a time. Must not outlive
// the FileSystem or Source that made it.
class ByteReader {
 public:
  virtual ~ByteReader() = default;

  // Length in bytes as known when opened. Live files may change; read_at then answers short.
  virtual std::uint64_t size() const = 0;

  // Fills `out` from `offset` and answers how many bytes it holds: all of `out` unless the end
  // came first; 0 at or past the end. Bytes inside holes read as zero.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) = 0;

  // The next range at or after `offset` that is stored (not a hole); length 0 when only holes
  // or nothing follow. Readers that do not know of holes answer everything to the end.
  virtual ByteRange next_data(std::uint64_t offset) {
    return offset < size() ? ByteRange{offset, size() - offset} : ByteRange{size(), 0};
  }
};

}  // namespace konseki

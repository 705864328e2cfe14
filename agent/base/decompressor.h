// Decompressor: what a compressed file holds, as one stream of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Not thread-safe; the content outlives it.
class Decompressor {
 public:
  virtual ~Decompressor() = default;

  // Fills some of `out`, which is not empty; 0 at the end. kCorrupt where the data is damaged or
  // ends early.
  virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
  // Compressed bytes taken so far.
  virtual std::uint64_t taken() const = 0;
};

// By the first bytes: gzip (RFC 1952), bzip2, xz, Zstandard (RFC 8878; windows up to 128 MiB); of
// several streams behind each other all. Null when the content is none of these.
std::unique_ptr<Decompressor> open_decompressor(ByteReader& content);

}  // namespace konseki

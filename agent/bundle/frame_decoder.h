// FrameDecoder: decompresses one zstd frame as a stream, as far as its bytes go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/base/handles/zstd.h"
#include "konseki/byte_reader.h"

namespace konseki {

// Reads compressed bytes [offset, offset + size) of `file`, which must outlive it. Damage and
// truncation end the content early; what was decoded before is answered all the same.
class FrameDecoder {
 public:
  FrameDecoder(ByteReader& file, std::uint64_t offset, std::uint64_t size);

  // Fills `out` as far as the frame goes: fewer bytes only at its end. An Error only when `file`
  // itself fails.
  Result<std::size_t> read(std::span<std::byte> out);

  std::uint64_t position() const { return position_; }   // content bytes answered so far
  bool complete() const { return complete_; }            // came to the sound end of the frame
  const std::string& damage() const { return damage_; }  // zstd's words; empty when sound

 private:
  Result<bool> refill();

  ByteReader& file_;
  ZstdDecompressor decompressor_;
  std::uint64_t next_;
  std::uint64_t end_;
  std::vector<std::byte> input_;
  std::size_t input_used_ = 0;
  std::uint64_t position_ = 0;
  bool complete_ = false;
  std::string damage_;
};

}  // namespace konseki

// FrameWriter: cuts one stream of bytes into independent zstd frames, compressed on threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "agent/base/output_stream.h"
#include "agent/bundle/frame_format.h"

namespace konseki {

struct FrameOptions {
  int level = 3;
  unsigned threads = 2;  // 0 compresses on the caller's thread
};

// Writes frames in order, on the caller's thread, then the two tables of docs/bundle-format.md.
// The same bytes in give the same bytes out whatever `threads` is. After an Error every later
// call answers the same one. Not thread-safe; `out` must outlive it.
class FrameWriter {
 public:
  FrameWriter(OutputStream& out, FrameOptions options);
  ~FrameWriter();

  Result<void> append(std::span<const std::byte> bytes);
  Result<void> append_zeros(std::uint64_t count);
  // The last frame and the tables. Nothing may follow.
  Result<void> finish();

  std::uint64_t content_bytes() const;
  std::uint64_t written_bytes() const;  // handed to `out` so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace konseki

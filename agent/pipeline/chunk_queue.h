// ChunkQueue: the content of one large file on its way from the reader to the writer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Keeps the order. Bounded by who pushes (ByteGate). Thread-safe.
class ChunkQueue {
 public:
  // How the reading ended.
  struct End {
    std::optional<Error> error;   // it ended early
    std::vector<ByteRange> lost;  // bytes that the medium would not give
  };

  // `chunk` is not empty.
  void push(std::vector<std::byte> chunk);
  // After the last chunk, once.
  void finish(End end);

  // Waits for the next chunk; empty at the end.
  std::vector<std::byte> pop();
  // After pop() came to the end, once.
  End take_end();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<std::byte>> ready_;
  std::optional<End> end_;
};

}  // namespace konseki

#include "agent/pipeline/chunk_queue.h"

#include <utility>

namespace konseki {

void ChunkQueue::push(std::vector<std::byte> chunk) {
  {
    std::lock_guard lock(mutex_);
    ready_.push_back(std::move(chunk));
  }
  changed_.notify_one();
}

void ChunkQueue::finish(End end) {
  {
    std::lock_guard lock(mutex_);
    end_ = std::move(end);
  }
  changed_.notify_one();
}

std::vector<std::byte> ChunkQueue::pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !ready_.empty() || end_; });
  if (ready_.empty()) return {};
  std::vector<std::byte> chunk = std::move(ready_.front());
  ready_.pop_front();
  return chunk;
}

ChunkQueue::End ChunkQueue::take_end() {
  std::lock_guard lock(mutex_);
  return std::exchange(*end_, {});
}

}  // namespace konseki

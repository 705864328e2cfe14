// MatchWorkers: a few threads that take pieces of work, bounded in number and in bytes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace konseki {

// Work may be done in any order. What a piece throws is lost: it must not.
class MatchWorkers {
 public:
  explicit MatchWorkers(unsigned threads);
  // Does what is left first.
  ~MatchWorkers();

  // Waits while too many pieces are ahead.
  void add(std::function<void()> piece);
  // Waits until all of it is done.
  void drain();

 private:
  void work();

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace konseki

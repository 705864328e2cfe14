// InterruptGuard: the first Ctrl-C ends a run in order, the second at once.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace konseki {

// While it lives, SIGINT and SIGTERM request a stop. One at a time in a process.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;  // under `mutex_`
  std::thread watcher_;   // turns the signal's flag into a stop request, outside the handler
};

}  // namespace konseki

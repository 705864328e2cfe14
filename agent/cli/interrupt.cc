#include "agent/cli/interrupt.h"

#include <chrono>

#include "agent/base/interrupt_signal.h"

namespace konseki {

InterruptGuard::InterruptGuard() {
  catch_interrupts();
  watcher_ = std::thread([this] {
    // A handler may not notify, hence the look every 20 ms; the end of the run does, at once.
    std::unique_lock lock(mutex_);
    while (!is_over_ && !interrupted()) ended_.wait_for(lock, std::chrono::milliseconds(20));
    if (interrupted()) source_.request_stop();
  });
}

InterruptGuard::~InterruptGuard() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  ended_.notify_one();
  watcher_.join();
  release_interrupts();
}

}  // namespace konseki

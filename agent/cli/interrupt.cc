#include "agent/cli/interrupt.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "agent/base/interrupt_signal.h"

namespace konseki {

InterruptGuard::InterruptGuard() {
  catch_interrupts();
  watcher_ = std::jthread([this](std::stop_token over) {
    // A handler may not notify, hence the look every 20 ms; the end of the run does, at once.
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    while (!over.stop_requested() && !interrupted()) {
      ended.wait_for(lock, over, std::chrono::milliseconds(20), [] { return interrupted(); });
    }
    if (interrupted()) source_.request_stop();
  });
}

InterruptGuard::~InterruptGuard() { release_interrupts(); }

}  // namespace konseki

#include "agent/cli/interrupt.h"

#include <atomic>
#include <chrono>
#include <csignal>

namespace konseki {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// The second signal finds the default handler and ends the process.
extern "C" void on_signal(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupted = false;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  watcher_ = std::jthread([this](std::stop_token over) {
    while (!over.stop_requested() && !interrupted) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (interrupted) source_.request_stop();
  });
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace konseki

#include "agent/base/interrupt_signal.h"

#include <atomic>
#include <csignal>

namespace konseki {
namespace {

std::atomic<bool> wished{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// The second signal finds the default handler and ends the process.
extern "C" void on_signal(int signal) {
  wished = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  wished = false;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

void release_interrupts() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool interrupted() { return wished; }

}  // namespace konseki

#include "agent/base/fence.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace konseki {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kStack = std::size_t{8} << 20;
constexpr std::size_t kSignalStack = std::size_t{64} << 10;  // to say that the stack is full
// Asks a thread to stop; nobody else uses it, and by default it does nothing.
constexpr int kStop = SIGURG;
constexpr std::array kFaults{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// What these signals did before.
std::array<struct sigaction, kFaults.size()> g_before;

std::int64_t now_ns() { return Clock::now().time_since_epoch().count(); }

void wait_for(sem_t& semaphore) {
  while (::sem_wait(&semaphore) != 0 && errno == EINTR) {
  }
}

// False when the time came first.
bool wait_until(sem_t& semaphore, std::int64_t until_ns) {
  static_assert(std::is_same_v<Clock::period, std::nano>);
  timespec until{};
  until.tv_sec = static_cast<time_t>(until_ns / 1'000'000'000);
  until.tv_nsec = static_cast<long>(until_ns % 1'000'000'000);
  int result = 0;
  while ((result = ::sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR) {
  }
  return result == 0;
}

std::string name_of(int number) {
  switch (number) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    case SIGABRT:
      return "SIGABRT";
    default:
      return std::to_string(number);
  }
}

}  // namespace

struct Fence::Thread {
  Thread() {
    ::sem_init(&start, 0, 0);
    ::sem_init(&done, 0, 0);
  }
  ~Thread() {
    ::sem_destroy(&start);
    ::sem_destroy(&done);
  }

  static void* main(void* argument);
  static void on_signal(int number, siginfo_t* info, void* context);
  static void install();

  void enter() {
    since.store(now_ns());
    inside.store(true);
  }
  void leave() { inside.store(false); }

  static thread_local Thread* current;

  pthread_t handle{};
  sem_t start{};
  sem_t done{};  // the work is done, or the thread has stopped
  std::atomic<bool> inside = false;
  std::atomic<std::int64_t> since = 0;  // when it went inside
  std::atomic<int> stopped_by = 0;      // a signal
  const std::function<void()>* work = nullptr;
  bool ends = false;
  std::vector<std::byte> signal_stack = std::vector<std::byte>(kSignalStack);
};

thread_local Fence::Thread* Fence::Thread::current = nullptr;

// Only what may be called in a handler: atomics without locks, sem_post, pause, sigaction, raise.
void Fence::Thread::on_signal(int number, siginfo_t*, void*) {
  Thread* const thread = current;
  if (thread != nullptr && thread->inside.load()) {
    thread->stopped_by.store(number);
    ::sem_post(&thread->done);
    for (;;) ::pause();  // every signal is blocked meanwhile
  }
  if (number == kStop) return;  // it went outside just now
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    if (kFaults[i] != number) continue;
    ::sigaction(number, &g_before[i], nullptr);
    ::raise(number);  // delivered when this returns
  }
}

void Fence::Thread::install() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    ::sigfillset(&action.sa_mask);
    for (std::size_t i = 0; i < kFaults.size(); ++i) {
      ::sigaction(kFaults[i], &action, &g_before[i]);
    }
    ::sigaction(kStop, &action, nullptr);
  });
}

void* Fence::Thread::main(void* argument) {
  Thread& self = *static_cast<Thread*>(argument);
  current = &self;
  stack_t stack{};
  stack.ss_sp = self.signal_stack.data();
  stack.ss_size = self.signal_stack.size();
  ::sigaltstack(&stack, nullptr);
  // What is meant for the program goes to threads that can answer.
  sigset_t blocked;
  ::sigfillset(&blocked);
  for (const int number : kFaults) ::sigdelset(&blocked, number);
  ::sigdelset(&blocked, kStop);
  ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
  for (;;) {
    wait_for(self.start);
    if (self.ends) return nullptr;
    self.enter();
    (*self.work)();
    self.leave();
    ::sem_post(&self.done);
  }
}

Fence::Fence() = default;

Fence::~Fence() {
  if (!thread_) return;
  thread_->ends = true;
  ::sem_post(&thread_->start);
  ::pthread_join(thread_->handle, nullptr);
}

Result<void> Fence::run(const std::function<void()>& work, std::chrono::milliseconds patience) {
  if (!thread_) {
    Thread::install();
    auto thread = std::make_unique<Thread>();
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, kStack);
    const int failed = ::pthread_create(&thread->handle, &attributes, Thread::main, thread.get());
    ::pthread_attr_destroy(&attributes);
    if (failed != 0) return fail(ErrorCode::kLimitExceeded, "no more threads");
    thread_ = std::move(thread);
  }
  Thread& thread = *thread_;
  const std::int64_t patience_ns = std::chrono::nanoseconds(patience).count();
  thread.work = &work;
  thread.since.store(now_ns());
  ::sem_post(&thread.start);
  std::int64_t wake = now_ns() + patience_ns;
  while (!wait_until(thread.done, wake)) {
    const std::int64_t end = thread.inside.load() ? thread.since.load() + patience_ns : INT64_MAX;
    const std::int64_t now = now_ns();
    if (now >= end) ::pthread_kill(thread.handle, kStop);
    // A thread that was asked answers at once, unless the kernel holds it.
    wake = now < end ? std::min(end, now + patience_ns) : now + 100'000'000;
  }
  const int stopped_by = thread.stopped_by.load();
  if (stopped_by == 0) return {};
  (void)thread_.release();  // its own stack and all that stands on it stay
  if (stopped_by == kStop) {
    return fail(ErrorCode::kLimitExceeded, "it hung and was stopped");
  }
  return fail(ErrorCode::kInternal, "it crashed (" + name_of(stopped_by) + ")");
}

Fence::Outside::Outside() {
  if (Thread::current != nullptr) Thread::current->leave();
}

Fence::Outside::~Outside() {
  if (Thread::current != nullptr) Thread::current->enter();
}

}  // namespace konseki

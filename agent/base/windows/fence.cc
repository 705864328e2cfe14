#include "agent/base/fence.h"

#include <windows.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

#include "agent/base/windows/handle.h"

namespace konseki {
namespace {

constexpr SIZE_T kStack = SIZE_T{8} << 20;
constexpr ULONG kSpareStack = 64 << 10;  // to say that the stack is full
constexpr DWORD kAborted = 1;            // no exception has this number
constexpr DWORD kHeapCorruption = 0xC0000374;

std::int64_t now_ms() { return static_cast<std::int64_t>(::GetTickCount64()); }

bool is_fault(DWORD code) {
  switch (code) {
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_ARRAY_BOUNDS_EXCEEDED:
    case EXCEPTION_DATATYPE_MISALIGNMENT:
    case EXCEPTION_FLT_DIVIDE_BY_ZERO:
    case EXCEPTION_ILLEGAL_INSTRUCTION:
    case EXCEPTION_IN_PAGE_ERROR:
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
    case EXCEPTION_INT_OVERFLOW:
    case EXCEPTION_PRIV_INSTRUCTION:
    case EXCEPTION_STACK_OVERFLOW:
    case kHeapCorruption:
      return true;
    default:
      return false;
  }
}

std::string name_of(DWORD code) {
  if (code == kAborted) return "abort";
  char text[16];
  std::snprintf(text, sizeof(text), "0x%08lX", static_cast<unsigned long>(code));
  return text;
}

}  // namespace

struct Fence::Thread {
  static DWORD WINAPI main(void* argument);
  static LONG CALLBACK on_exception(EXCEPTION_POINTERS* info);
  static void on_abort(int number);
  static void install();
  // The thread that this runs on; null for all others. thread_local would allocate memory.
  static Thread* current() { return static_cast<Thread*>(::TlsGetValue(slot)); }

  void enter() {
    since.store(now_ms());
    inside.store(true);
  }
  void leave() { inside.store(false); }
  [[noreturn]] void stop(DWORD code) {
    stopped_by.store(code);
    ::SetEvent(done.get());
    for (;;) ::Sleep(INFINITE);
  }

  static DWORD slot;

  Handle handle;
  Handle start{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};
  Handle done{::CreateEventW(nullptr, FALSE, FALSE, nullptr)};  // or the thread has stopped
  std::atomic<bool> inside = false;
  std::atomic<std::int64_t> since = 0;  // when it went inside
  std::atomic<DWORD> stopped_by = 0;    // code of an exception
  const std::function<void()>* work = nullptr;
  bool ends = false;
};

DWORD Fence::Thread::slot = TLS_OUT_OF_INDEXES;

LONG CALLBACK Fence::Thread::on_exception(EXCEPTION_POINTERS* info) {
  const DWORD code = info->ExceptionRecord->ExceptionCode;
  if (!is_fault(code)) return EXCEPTION_CONTINUE_SEARCH;
  Thread* const thread = current();
  if (thread == nullptr || !thread->inside.load()) return EXCEPTION_CONTINUE_SEARCH;
  thread->stop(code);
}

// Where it returns, abort() goes on.
void Fence::Thread::on_abort(int) {
  Thread* const thread = current();
  if (thread != nullptr && thread->inside.load()) thread->stop(kAborted);
}

void Fence::Thread::install() {
  static std::once_flag once;
  std::call_once(once, [] {
    slot = ::TlsAlloc();
    ::AddVectoredExceptionHandler(1, on_exception);
    std::signal(SIGABRT, on_abort);
  });
}

DWORD WINAPI Fence::Thread::main(void* argument) {
  Thread& self = *static_cast<Thread*>(argument);
  ::TlsSetValue(slot, &self);
  ULONG spare = kSpareStack;
  ::SetThreadStackGuarantee(&spare);
  for (;;) {
    ::WaitForSingleObject(self.start.get(), INFINITE);
    if (self.ends) return 0;
    self.enter();
    (*self.work)();
    self.leave();
    ::SetEvent(self.done.get());
  }
}

Fence::Fence() = default;

Fence::~Fence() {
  if (!thread_) return;
  thread_->ends = true;
  ::SetEvent(thread_->start.get());
  ::WaitForSingleObject(thread_->handle.get(), INFINITE);
}

Result<void> Fence::run(const std::function<void()>& work, std::chrono::milliseconds patience) {
  if (!thread_) {
    Thread::install();
    auto thread = std::make_unique<Thread>();
    thread->handle = Handle(::CreateThread(nullptr, kStack, Thread::main, thread.get(),
                                           STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
    if (!thread->start || !thread->done || !thread->handle) {
      return fail(ErrorCode::kLimitExceeded, "no more threads");
    }
    thread_ = std::move(thread);
  }
  Thread& thread = *thread_;
  thread.work = &work;
  thread.since.store(now_ms());
  ::SetEvent(thread.start.get());
  const std::int64_t most = patience.count();
  std::int64_t wait = most;
  bool hung = false;
  while (::WaitForSingleObject(thread.done.get(), static_cast<DWORD>(wait)) != WAIT_OBJECT_0) {
    wait = most;
    if (!thread.inside.load()) continue;
    const std::int64_t left = thread.since.load() + most - now_ms();
    if (left > 0) {
      wait = left;
      continue;
    }
    if (::SuspendThread(thread.handle.get()) == static_cast<DWORD>(-1)) continue;
    // Only now it stands still for certain.
    CONTEXT context{};
    context.ContextFlags = CONTEXT_CONTROL;
    ::GetThreadContext(thread.handle.get(), &context);
    hung = thread.inside.load() && thread.stopped_by.load() == 0;
    if (hung) break;
    ::ResumeThread(thread.handle.get());
  }
  const DWORD stopped_by = thread.stopped_by.load();
  if (!hung && stopped_by == 0) return {};
  (void)thread_.release();  // its stack and all that stands on it stay
  if (hung) return fail(ErrorCode::kLimitExceeded, "it hung and was stopped");
  return fail(ErrorCode::kInternal, "it crashed (" + name_of(stopped_by) + ")");
}

Fence::Outside::Outside() {
  if (Thread::slot == TLS_OUT_OF_INDEXES) return;
  if (Thread* const thread = Thread::current()) thread->leave();
}

Fence::Outside::~Outside() {
  if (Thread::slot == TLS_OUT_OF_INDEXES) return;
  if (Thread* const thread = Thread::current()) thread->enter();
}

}  // namespace konseki

#include "agent/base/scheduling.h"

#include <windows.h>

#include <cstdint>

namespace konseki {
namespace {

std::int64_t ticks_of(const FILETIME& time) {
  return static_cast<std::int64_t>(time.dwHighDateTime) << 32 | time.dwLowDateTime;
}

}  // namespace

void lower_priority() {
  const HANDLE process = ::GetCurrentProcess();
  (void)::SetPriorityClass(process, BELOW_NORMAL_PRIORITY_CLASS);
  // Lowers disk and memory priority too. Unknown to Windows before Vista and to wine.
  (void)::SetPriorityClass(process, PROCESS_MODE_BACKGROUND_BEGIN);
}

std::chrono::nanoseconds process_cpu_time() {
  FILETIME created{};
  FILETIME ended{};
  FILETIME kernel{};
  FILETIME user{};
  if (::GetProcessTimes(::GetCurrentProcess(), &created, &ended, &kernel, &user) == 0) return {};
  return std::chrono::nanoseconds((ticks_of(kernel) + ticks_of(user)) * 100);
}

}  // namespace konseki

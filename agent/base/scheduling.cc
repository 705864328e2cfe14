#include "agent/base/scheduling.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace konseki {
namespace {

constexpr int kBelowNormal = 10;

// ioprio_set(2) has no wrapper in the C library: who, class (2, best effort) and level (7, last).
constexpr int kWhoProcess = 1;
constexpr int kBestEffortLast = 2 << 13 | 7;

}  // namespace

void lower_priority() {
  (void)::setpriority(PRIO_PROCESS, 0, kBelowNormal);
  (void)::syscall(SYS_ioprio_set, kWhoProcess, 0, kBestEffortLast);
}

std::chrono::nanoseconds process_cpu_time() {
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace konseki

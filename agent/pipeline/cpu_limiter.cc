#include "agent/pipeline/cpu_limiter.h"

#include <algorithm>
#include <thread>

#include "agent/base/scheduling.h"

namespace konseki {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kLookEvery = std::chrono::milliseconds(5);
constexpr nanoseconds kLookForStop = std::chrono::milliseconds(20);
constexpr double kSavedSeconds = 0.1;

double seconds_of(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

nanoseconds wall_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

void sleep_until_stopped(nanoseconds time, const std::stop_token& stop) {
  while (time > nanoseconds{} && !stop.stop_requested()) {
    const nanoseconds part = std::min(time, kLookForStop);
    std::this_thread::sleep_for(part);
    time -= part;
  }
}

}  // namespace

CpuLimiter::CpuLimiter(unsigned percent, unsigned cores)
    : CpuLimiter(percent, cores, wall_time, process_cpu_time, sleep_until_stopped) {}

CpuLimiter::CpuLimiter(unsigned percent, unsigned cores, Clock wall, Clock used, Sleep sleep)
    : rate_(percent >= 100 ? 0.0 : percent / 100.0 * std::max(cores, 1U)),
      wall_(std::move(wall)),
      used_(std::move(used)),
      sleep_(std::move(sleep)),
      last_wall_(wall_()),
      last_used_(used_()) {}

// How long to wait until what was used is paid for.
nanoseconds CpuLimiter::owed() {
  const std::lock_guard lock(mutex_);
  const nanoseconds wall = wall_();
  if (wall - last_wall_ < kLookEvery) return {};
  const nanoseconds used = used_();
  balance_ += rate_ * seconds_of(wall - last_wall_) - seconds_of(used - last_used_);
  balance_ = std::min(balance_, rate_ * kSavedSeconds);
  last_wall_ = wall;
  last_used_ = used;
  if (balance_ >= 0) return {};
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(-balance_ / rate_));
}

void CpuLimiter::pause(const std::stop_token& stop) {
  if (rate_ == 0.0) return;
  // What other threads still use while this one sleeps is owed as well, hence again.
  for (nanoseconds wait = owed(); wait > nanoseconds{} && !stop.stop_requested(); wait = owed()) {
    sleep_(std::max(wait, kLookEvery), stop);
  }
}

}  // namespace konseki

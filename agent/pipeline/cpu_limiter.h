// CpuLimiter: keeps the processor time of this process under a share of the machine.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>

namespace konseki {

// Measures what the whole process used and lets whoever feeds work in wait until that is paid for;
// the threads behind run dry meanwhile. What was not used is saved up for a tenth of a second only.
// Thread-safe.
class CpuLimiter {
 public:
  using Clock = std::function<std::chrono::nanoseconds()>;
  using Sleep = std::function<void(std::chrono::nanoseconds, const std::stop_token&)>;

  // `percent` of `cores` processors, 1 to 100; at 100 nothing ever waits.
  CpuLimiter(unsigned percent, unsigned cores);
  // With clocks of wall and processor time, and a sleep, to be told in tests.
  CpuLimiter(unsigned percent, unsigned cores, Clock wall, Clock used, Sleep sleep);

  // Called between pieces of work. Returns early when `stop` is requested.
  void pause(const std::stop_token& stop);

 private:
  std::chrono::nanoseconds owed();

  double rate_;  // seconds of processor time a second; 0: unlimited
  Clock wall_;
  Clock used_;
  Sleep sleep_;
  std::mutex mutex_;
  std::chrono::nanoseconds last_wall_{};
  std::chrono::nanoseconds last_used_{};
  double balance_ = 0;  // seconds of processor time that may still be used
};

}  // namespace konseki

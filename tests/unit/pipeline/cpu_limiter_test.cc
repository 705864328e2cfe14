#include "agent/pipeline/cpu_limiter.h"

#include <gtest/gtest.h>

namespace konseki {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A machine whose time passes only as told.
struct Machine {
  nanoseconds wall{};
  nanoseconds used{};
  nanoseconds slept{};

  CpuLimiter limiter(unsigned percent, unsigned cores) {
    return CpuLimiter(
        percent, cores, [this] { return wall; }, [this] { return used; },
        [this](nanoseconds time, const std::stop_token&) {
          wall += time;
          slept += time;
        });
  }
  void work(nanoseconds time, unsigned threads) {
    wall += time;
    used += time * threads;
  }
};

TEST(CpuLimiter, SleepsUntilTheShareIsKept) {
  Machine machine;
  CpuLimiter limiter = machine.limiter(25, 2);  // half a processor
  for (int i = 0; i < 200; ++i) {
    machine.work(milliseconds(10), 2);
    limiter.pause({});
  }
  EXPECT_NEAR(static_cast<double>(machine.used.count()) / static_cast<double>(machine.wall.count()),
              0.5, 0.01);
}

TEST(CpuLimiter, IdleTimeIsNotSavedUpForLong) {
  Machine machine;
  CpuLimiter limiter = machine.limiter(50, 1);
  machine.wall += std::chrono::hours(1);
  limiter.pause({});
  machine.work(milliseconds(1000), 1);
  limiter.pause({});
  EXPECT_GT(machine.slept, milliseconds(850));
}

TEST(CpuLimiter, WholeMachineNeverWaits) {
  Machine machine;
  CpuLimiter limiter = machine.limiter(100, 1);
  machine.work(milliseconds(1000), 4);
  limiter.pause({});
  EXPECT_EQ(machine.slept, nanoseconds{});
}

TEST(CpuLimiter, StopEndsTheWait) {
  Machine machine;
  CpuLimiter limiter = machine.limiter(1, 1);
  std::stop_source source;
  source.request_stop();
  machine.work(milliseconds(1000), 1);
  limiter.pause(source.get_token());
  EXPECT_EQ(machine.slept, nanoseconds{});
}

}  // namespace
}  // namespace konseki

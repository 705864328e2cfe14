#include "agent/base/fence.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

namespace konseki {
namespace {

using namespace std::chrono_literals;

// Faults as compilers cannot see them coming.
volatile std::uintptr_t g_nowhere = 8;
volatile int g_one = 1;
volatile int g_zero = 0;
volatile int g_sink = 0;

void touch_nothing() { *reinterpret_cast<volatile int*>(g_nowhere) = 1; }
void divide_by_zero() { g_sink = g_one / g_zero; }
int fill_the_stack(int depth) {
  volatile char room[4096] = {};
  room[depth % 4096] = 1;
  return depth < 0 ? 0 : fill_the_stack(depth + 1) + room[1];
}

TEST(Fence, DoesTheWorkOnAThreadOfItsOwn) {
  Fence fence;
  std::thread::id first, second;
  ASSERT_TRUE(fence.run([&] { first = std::this_thread::get_id(); }, 10s).has_value());
  ASSERT_TRUE(fence.run([&] { second = std::this_thread::get_id(); }, 10s).has_value());
  EXPECT_NE(first, std::this_thread::get_id());
  EXPECT_EQ(first, second);
}

TEST(Fence, ACrashIsAnErrorAndTheNextCallWorks) {
  Fence fence;
  const std::vector<std::function<void()>> faults{
      touch_nothing, divide_by_zero, [] { std::abort(); }, [] { g_sink = fill_the_stack(0); }};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    SCOPED_TRACE(i);
    const auto crashed = fence.run(faults[i], 60s);
    ASSERT_FALSE(crashed.has_value());
    EXPECT_EQ(crashed.error().code, ErrorCode::kInternal);
    EXPECT_EQ(crashed.error().detail.substr(0, 10), "it crashed");
    int done = 0;
    EXPECT_TRUE(fence.run([&] { done = 1; }, 10s).has_value());
    EXPECT_EQ(done, 1);
  }
}

TEST(Fence, AHangIsStopped) {
  Fence fence;
  static std::atomic<std::uint64_t> turns;
  const auto hung = fence.run(
      [] {
        for (;;) turns.fetch_add(1);
      },
      100ms);
  ASSERT_FALSE(hung.has_value());
  EXPECT_EQ(hung.error().code, ErrorCode::kLimitExceeded);
  const std::uint64_t before = turns.load();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(turns.load(), before);  // it stands still
  EXPECT_TRUE(fence.run([] {}, 10s).has_value());
}

TEST(Fence, OurOwnCodeMayTakeItsTime) {
  Fence fence;
  bool done = false;
  EXPECT_TRUE(fence
                  .run(
                      [&] {
                        const Fence::Outside outside;
                        std::this_thread::sleep_for(300ms);
                        done = true;
                      },
                      50ms)
                  .has_value());
  EXPECT_TRUE(done);
  const Fence::Outside nowhere;  // no fence: without effect
}

TEST(Fence, ManyAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> crashed = 0, fine = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Fence fence;
      for (int j = 0; j < 20; ++j) {
        const bool ends_well =
            fence
                .run(
                    i % 2 == 0 && j % 10 == 3 ? touch_nothing : [] { g_sink = 1; }, 60s)
                .has_value();
        ++(ends_well ? fine : crashed);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(crashed, 8);
  EXPECT_EQ(fine, 152);
}

#ifndef _WIN32
TEST(FenceDeathTest, CrashesOfOurOwnStayCrashes) {
  EXPECT_DEATH(
      {
        Fence fence;
        (void)fence.run(
            [] {
              const Fence::Outside outside;
              touch_nothing();
            },
            10s);
      },
      "");
}
#endif

}  // namespace
}  // namespace konseki

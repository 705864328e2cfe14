// The real WindowsState on the system that the test runs on: what wine can show of it.
#include "agent/source/live/windows/windows_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <windows.h>

#include <algorithm>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Fails the test on a refusal: nobody refuses us our own process.
class ApiWindowsState : public ::testing::Test {
 protected:
  Withheld withheld() {
    return [this](std::string_view kind, std::string_view what, const Error& error) {
      refused_.push_back(std::string(kind) + ": " + std::string(what) + ": " + error.detail);
    };
  }

  std::unique_ptr<WindowsState> state_ = make_windows_state();
  std::vector<std::string> refused_;
};

TEST_F(ApiWindowsState, TellsOurOwnProcess) {
  const auto list = state_->processes(withheld());
  ASSERT_TRUE(list.has_value()) << list.error().detail;
  const auto own = std::ranges::find(*list, ::GetCurrentProcessId(), &WindowsProcess::pid);
  ASSERT_NE(own, list->end());
  EXPECT_THAT(fold_case(own->exe), EndsWith("\\" + fold_case(own->name)));
  EXPECT_EQ(own->exe_exists, true);
  // wine has no copy in the kernel, so that this one was read from our memory.
  ASSERT_TRUE(own->command_line.has_value());
  EXPECT_THAT(fold_case(*own->command_line), HasSubstr(fold_case(own->name)));
  EXPECT_THAT(own->user_sid, HasSubstr("S-1-5-"));
  EXPECT_TRUE(own->integrity.has_value());
  EXPECT_TRUE(own->started.has_value());
  EXPECT_EQ(own->image_is_private, false);
  ASSERT_TRUE(own->modules.has_value());
  const auto is_kernel32 = [](const std::string& path) {
    return fold_case(path).ends_with("\\kernel32.dll");
  };
  EXPECT_TRUE(std::ranges::any_of(*own->modules, is_kernel32));
  for (const std::string& refusal : refused_) {
    EXPECT_THAT(refusal, Not(HasSubstr("(" + std::to_string(own->pid) + ")")));
  }
}

TEST_F(ApiWindowsState, ListsSocketsOfAllFourTables) {
  const auto list = state_->sockets(withheld());
  ASSERT_TRUE(list.has_value()) << list.error().detail;
  EXPECT_THAT(refused_, IsEmpty());
}

TEST_F(ApiWindowsState, TellsTheLoopbackAdapter) {
  const auto list = state_->adapters();
  ASSERT_TRUE(list.has_value()) << list.error().detail;
  constexpr std::uint32_t kLoopback = 24;
  const auto found = std::ranges::find(*list, kLoopback, &WindowsAdapter::type);
  ASSERT_NE(found, list->end());
  EXPECT_TRUE(std::ranges::any_of(found->addresses, [](const WindowsAdapterAddress& each) {
    return each.address.text() == "127.0.0.1" && each.prefix_length == 8;
  }));
  EXPECT_TRUE(state_->routes().has_value());
  EXPECT_TRUE(state_->neighbours().has_value());
}

TEST_F(ApiWindowsState, TellsServicesWithTheirSettingsAndDrivers) {
  const auto list = state_->services(withheld());
  ASSERT_TRUE(list.has_value()) << list.error().detail;
  const auto found = std::ranges::find_if(
      *list, [](const WindowsService& service) { return fold_case(service.name) == "rpcss"; });
  ASSERT_NE(found, list->end());
  EXPECT_THAT(found->image_path, Not(IsEmpty()));
  EXPECT_TRUE(found->start.has_value());
  const auto drivers = state_->drivers();
  ASSERT_TRUE(drivers.has_value()) << drivers.error().detail;
  ASSERT_FALSE(drivers->empty());
  EXPECT_THAT(fold_case(drivers->front().path), EndsWith("ntoskrnl.exe"));
}

TEST_F(ApiWindowsState, TellsTheSystemVolume) {
  const auto list = state_->volumes(withheld());
  ASSERT_TRUE(list.has_value()) << list.error().detail;
  const auto found = std::ranges::find_if(*list, [](const WindowsVolume& volume) {
    return std::ranges::find(volume.points, "C:\\") != volume.points.end();
  });
  ASSERT_NE(found, list->end());
  EXPECT_THAT(found->device, HasSubstr("\\Device\\"));
  EXPECT_TRUE(found->size.has_value());
}

TEST_F(ApiWindowsState, ReadsKeysOfTheRegistry) {
  const auto key = state_->machine_key("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
  ASSERT_TRUE(key.has_value()) << key.error().detail;
  EXPECT_TRUE(std::ranges::any_of(key->values, [](const WindowsValue& value) {
    return value.name == "CurrentVersion" && value.type == REG_SZ && !value.data.empty();
  }));
  EXPECT_FALSE(key->subkeys.empty());
  EXPECT_GT(key->last_written.seconds, 0);
  EXPECT_EQ(state_->machine_key("SOFTWARE\\No such key").error().code, ErrorCode::kNotFound);
}

TEST_F(ApiWindowsState, TellsTheClockAndTheMachine) {
  const auto clock = state_->clock();
  ASSERT_TRUE(clock.has_value());
  EXPECT_LT(clock->boot, clock->now);
  EXPECT_THAT(clock->time_zone, Not(IsEmpty()));
  const auto machine = state_->machine();
  ASSERT_TRUE(machine.has_value());
  EXPECT_THAT(machine->computer_name, Not(IsEmpty()));
  EXPECT_GT(machine->processors, 0U);
}

// Hollow under wine; elsewhere they hold something. An empty answer never passes for "none".
TEST_F(ApiWindowsState, ListsThatCannotBeEmptyAreNever) {
  const auto logons = state_->logons(withheld());
  EXPECT_FALSE(logons && logons->empty());
  const auto sessions = state_->terminal_sessions(withheld());
  EXPECT_FALSE(sessions && sessions->empty());
  if (const auto names = state_->dns_cache(withheld())) {
    for (const WindowsDnsEntry& entry : *names) EXPECT_THAT(entry.name, Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace konseki

// The machine as a whole, and its clock.
#include <windows.h>

#include <array>
#include <cstring>

#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"
#include "agent/source/live/windows/state/nt_query.h"

namespace konseki::windows_state {
namespace {

std::string name_of(COMPUTER_NAME_FORMAT format) {
  std::array<wchar_t, 1024> name{};
  auto length = static_cast<DWORD>(name.size());
  if (::GetComputerNameExW(format, name.data(), &length) == 0) return {};
  return narrow({name.data(), length});
}

// The kernel's own number, the same on every run. Without it the uptime tells, to 16 ms.
Timestamp boot_time(std::uint64_t now) {
  constexpr int kSystemTimeOfDayInformation = 3;
  std::uint64_t boot = 0;
  if (const auto told = query_system(kSystemTimeOfDayInformation);
      told && told->size() >= sizeof(boot)) {
    std::memcpy(&boot, told->data(), sizeof(boot));
  }
  constexpr std::uint64_t kTicksPerMillisecond = 10'000;
  if (boot == 0) boot = now - ::GetTickCount64() * kTicksPerMillisecond;
  return Timestamp::from_filetime(boot);
}

}  // namespace

Result<WindowsMachine> read_machine() {
  WindowsMachine machine;
  machine.computer_name = name_of(ComputerNamePhysicalDnsHostname);
  machine.domain = name_of(ComputerNamePhysicalDnsDomain);
  SYSTEM_INFO system{};
  ::GetNativeSystemInfo(&system);
  machine.processors = system.dwNumberOfProcessors;
  MEMORYSTATUSEX memory{};
  memory.dwLength = sizeof(memory);
  if (::GlobalMemoryStatusEx(&memory) != 0) {
    machine.memory_total = memory.ullTotalPhys;
    machine.memory_available = memory.ullAvailPhys;
  }
  machine.uptime_seconds = ::GetTickCount64() / 1000;
  machine.safe_mode = ::GetSystemMetrics(SM_CLEANBOOT) != 0;
  return machine;
}

Result<ClockState> read_clock() {
  ClockState state;
  FILETIME now{};
  ::GetSystemTimeAsFileTime(&now);
  state.now = timestamp_of(now);
  state.boot = boot_time(std::uint64_t{now.dwHighDateTime} << 32 | now.dwLowDateTime);
  DYNAMIC_TIME_ZONE_INFORMATION zone{};
  const DWORD season = ::GetDynamicTimeZoneInformation(&zone);
  if (season != TIME_ZONE_ID_INVALID) {
    // The registry's name of the zone; the others are in the language of the system.
    state.time_zone = text_of(zone.TimeZoneKeyName);
    LONG bias = zone.Bias;  // minutes west of UTC
    if (season == TIME_ZONE_ID_STANDARD) bias += zone.StandardBias;
    if (season == TIME_ZONE_ID_DAYLIGHT) bias += zone.DaylightBias;
    state.utc_offset_seconds = static_cast<std::int32_t>(-bias * 60);
  }
  return state;
}

}  // namespace konseki::windows_state

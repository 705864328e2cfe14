// /proc/PID/stat, proc(5): one line of numbers around a name that may hold anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/linux/procfs/process_id.h"
#include "konseki/time.h"

namespace konseki::procfs {

// USER_HZ: the unit of times in /proc. Part of the kernel's ABI on every architecture we build
// for, so it is not asked of sysconf().
inline constexpr std::uint64_t kTicksPerSecond = 100;

// PF_KTHREAD of include/linux/sched.h.
inline constexpr std::uint32_t kKernelThreadFlag = 0x00200000;

struct ProcessStat {
  ProcessId pid = 0;
  std::string name;  // at most 15 bytes by the kernel's word, raw
  char state = '?';  // R S D Z T t X I
  ProcessId parent = 0;
  std::uint32_t session = 0;
  std::uint32_t terminal = 0;  // device number, 0 when none
  std::uint32_t flags = 0;
  std::uint64_t cpu_ticks = 0;    // user and system time together
  std::uint64_t start_ticks = 0;  // after boot

  bool kernel_thread() const { return (flags & kKernelThreadFlag) != 0; }
};

// Absent when the line is not of that form. The name ends at the last ')' of the text.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

// "running", "sleeping", ...; the letter itself when unknown.
std::string process_state_name(char state);

// "pts/3", "tty1", "ttyS0", or "major:minor"; empty for none.
std::string terminal_name(std::uint32_t device);

// The "btime" line of /proc/stat: seconds since 1970 when the kernel started.
std::optional<std::int64_t> parse_boot_time(std::string_view stat);

// When a process began, as precise as the kernel tells it: boot is known to the second.
Timestamp start_time(std::int64_t boot_seconds, std::uint64_t start_ticks);

}  // namespace konseki::procfs

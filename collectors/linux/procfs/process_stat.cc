#include "collectors/linux/procfs/process_stat.h"

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {
namespace {

template <class T>
T number_or_zero(std::string_view text) {
  return parse_number<T>(text).value_or(T{});
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  ProcessStat stat;
  const auto pid = parse_number<ProcessId>(trim(text.substr(0, open)));
  if (!pid) return std::nullopt;
  stat.pid = *pid;
  stat.name = text.substr(open + 1, close - open - 1);

  std::string_view rest = text.substr(close + 1);
  const auto state = next_field(rest);
  if (state.size() != 1) return std::nullopt;
  stat.state = state.front();
  // Fields are numbered as in proc(5); the state was the third.
  for (int field = 4; field <= 22; ++field) {
    const auto value = next_field(rest);
    if (value.empty()) return std::nullopt;
    switch (field) {
      case 4:
        stat.parent = number_or_zero<ProcessId>(value);
        break;
      case 6:
        stat.session = number_or_zero<std::uint32_t>(value);
        break;
      case 7:
        stat.terminal = static_cast<std::uint32_t>(number_or_zero<std::int32_t>(value));
        break;
      case 9:
        stat.flags = number_or_zero<std::uint32_t>(value);
        break;
      case 14:
      case 15:
        stat.cpu_ticks += number_or_zero<std::uint64_t>(value);
        break;
      case 22:
        stat.start_ticks = number_or_zero<std::uint64_t>(value);
        break;
      default:
        break;
    }
  }
  return stat;
}

std::string process_state_name(char state) {
  switch (state) {
    case 'R':
      return "running";
    case 'S':
      return "sleeping";
    case 'D':
      return "disk_sleep";
    case 'Z':
      return "zombie";
    case 'T':
      return "stopped";
    case 't':
      return "traced";
    case 'X':
    case 'x':
      return "dead";
    case 'I':
      return "idle";
    default:
      return std::string(1, state);
  }
}

std::string terminal_name(std::uint32_t device) {
  if (device == 0) return {};
  // new_encode_dev() of include/linux/kdev_t.h.
  const std::uint32_t major = (device >> 8) & 0xfff;
  const std::uint32_t minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  constexpr std::uint32_t kFirstPts = 136;
  constexpr std::uint32_t kLastPts = 143;
  constexpr std::uint32_t kConsole = 4;
  constexpr std::uint32_t kFirstSerial = 64;
  if (major >= kFirstPts && major <= kLastPts) {
    return "pts/" + std::to_string((major - kFirstPts) * 256 + minor);
  }
  if (major == kConsole && minor < kFirstSerial) return "tty" + std::to_string(minor);
  if (major == kConsole) return "ttyS" + std::to_string(minor - kFirstSerial);
  return std::to_string(major) + ":" + std::to_string(minor);
}

std::optional<std::int64_t> parse_boot_time(std::string_view stat) {
  while (!stat.empty()) {
    std::string_view line = next_part(stat, '\n');
    if (next_field(line) == "btime") return parse_number<std::int64_t>(trim(line));
  }
  return std::nullopt;
}

Timestamp start_time(std::int64_t boot_seconds, std::uint64_t start_ticks) {
  constexpr std::int32_t kNanosecondsPerTick = 1'000'000'000 / kTicksPerSecond;
  // A tick count beyond the year 10000 is damage; it is clamped by the printer, not here.
  const auto seconds = static_cast<std::int64_t>(start_ticks / kTicksPerSecond);
  const auto ticks = static_cast<std::int32_t>(start_ticks % kTicksPerSecond);
  return Timestamp::from_unix(boot_seconds + seconds, ticks * kNanosecondsPerTick);
}

}  // namespace konseki::procfs

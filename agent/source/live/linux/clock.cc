#include "agent/source/live/linux/clock.h"

#include <sys/timex.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <ctime>

#include "agent/source/live/linux/kernel_text.h"
#include "agent/source/live/linux/read_error.h"

namespace konseki {
namespace {

std::string time_zone() {
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlink("/etc/localtime", target.data(), target.size());
  if (length > 0) {
    std::string zone = zone_of_link({target.data(), static_cast<std::size_t>(length)});
    if (!zone.empty()) return zone;
  }
  const auto text = read_kernel_text("/etc/timezone");
  return text ? text->substr(0, text->find_first_of("\r\n")) : std::string();
}

// The kernel's own number, the same on every run, where it can be read.
std::int64_t boot_seconds(const timespec& now) {
  if (const auto text = read_kernel_text("/proc/stat")) {
    constexpr std::string_view kLabel = "\nbtime ";
    if (const auto at = text->find(kLabel); at != std::string::npos) {
      std::int64_t seconds = 0;
      const char* begin = text->data() + at + kLabel.size();
      const auto [end, error] = std::from_chars(begin, text->data() + text->size(), seconds);
      if (error == std::errc{} && end != begin) return seconds;
    }
  }
  timespec up{};
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  return now.tv_sec - up.tv_sec;
}

}  // namespace

std::string zone_of_link(std::string_view target) {
  constexpr std::string_view kDirectory = "zoneinfo/";
  const auto at = target.rfind(kDirectory);
  if (at == std::string_view::npos) return {};
  target.remove_prefix(at + kDirectory.size());
  for (const std::string_view variant : {"posix/", "right/"}) {
    if (target.substr(0, variant.size()) == variant) target.remove_prefix(variant.size());
  }
  return std::string(target);
}

Result<ClockState> read_clock() {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0) return fail(read_error(errno, "clock"));
  ClockState state;
  state.now = Timestamp::from_unix(now.tv_sec, static_cast<std::int32_t>(now.tv_nsec));
  state.boot = Timestamp::from_unix(boot_seconds(now));
  state.time_zone = time_zone();
  std::tm local{};
  if (::localtime_r(&now.tv_sec, &local) != nullptr) {
    state.utc_offset_seconds = static_cast<std::int32_t>(local.tm_gmtoff);
  }
  timex adjustment{};
  const int answer = ::adjtimex(&adjustment);  // modes 0: reads only
  if (answer >= 0) {
    state.sync_known = true;
    state.synchronised = answer != TIME_ERROR && (adjustment.status & STA_UNSYNC) == 0;
    state.estimated_error_microseconds = adjustment.esterror;
  }
  return state;
}

}  // namespace konseki

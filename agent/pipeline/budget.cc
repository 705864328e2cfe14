#include "agent/pipeline/budget.h"

#include <algorithm>
#include <array>
#include <string>
#include <thread>
#include <utility>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

// What must stay free on the output medium for rows, records and the manifest.
constexpr std::uint64_t kReserve = std::uint64_t{16} << 20;

bool ends_with_any(std::string_view text, std::span<const std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return text.ends_with(ending); });
}

bool contains_any(std::string_view text, std::span<const std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

// What parsers of this or other tools read, by name.
constexpr auto kParserEndings = std::to_array<std::string_view>({
    "/$mft",
    "/$logfile",
    "/$boot",
    "/$extend/$usnjrnl",
    "/$secure",
    ".evtx",
    "/ntuser.dat",
    "/usrclass.dat",
    "/amcache.hve",
    "/config/system",
    "/config/software",
    "/config/sam",
    "/config/security",
    "/config/default",
    "/config/components",
    ".log1",
    ".log2",
    "/srudb.dat",
    "/objects.data",
    ".journal",
    "/wtmp",
    "/btmp",
    "/utmp",
    "/lastlog",
    "/audit.log",
    "/auth.log",
    "/secure",
    "/messages",
    "/syslog",
    ".evt",
    ".pf",
    ".lnk",
    ".job",
    ".log",
    ".db",
    ".sqlite",
    ".automaticdestinations-ms",
    ".dat",
    ".customdestinations-ms",
    ".hve",
    ".xml",
    ".conf",
    ".service",
    ".timer",
    ".json",
    ".history",
    "_history",
});
constexpr auto kParserPlaces = std::to_array<std::string_view>({
    "/var/log/",
    "/system32/tasks/",
    "/winevt/",
    "/prefetch/",
    "/system32/config/",
    "/etc/",
    "/var/spool/cron",
    "/$recycle.bin/",
    "/var/lib/dpkg/",
});

}  // namespace

bool is_parser_input(std::string_view display_path, std::string_view stream) {
  if (!stream.empty()) return true;
  const std::string folded = fold_case(display_path);
  return ends_with_any(folded, kParserEndings) || contains_any(folded, kParserPlaces);
}

Budget::Budget(const Limits& limits, std::optional<std::uint64_t> free_space, std::stop_token stop)
    : limits_(limits),
      free_space_(free_space),
      stop_(std::move(stop)),
      limiter_(
          std::make_unique<CpuLimiter>(limits.cpu_percent, std::thread::hardware_concurrency())) {}

std::string_view Budget::refuse(std::uint64_t size, bool store, bool core) const {
  if (stop_.stop_requested()) return "interrupted";
  if (out_of_time()) return "max_time";
  if (!core && size > limits_.max_file_size) return "max_file_size";
  if (!store) return {};
  if (limits_.max_total_size && taken_ + size > *limits_.max_total_size) return "max_total_size";
  if (free_space_ && taken_ + size + kReserve > *free_space_) return "no_space";
  return {};
}

bool Budget::out_of_time() const {
  return limits_.max_time && std::chrono::steady_clock::now() - start_ >= *limits_.max_time;
}

}  // namespace konseki

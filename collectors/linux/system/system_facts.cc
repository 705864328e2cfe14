#include "collectors/linux/system/system_facts.h"

#include <algorithm>
#include <array>

#include "agent/base/parse_number.h"
#include "collectors/linux/procfs/pseudo_file.h"
#include "collectors/linux/procfs/text.h"

namespace konseki::system_state {
namespace {

using procfs::next_field;
using procfs::next_part;

// Far above any real amount; keeps products from overflowing on a file that lies.
constexpr std::uint64_t kMaxKilobytes = std::uint64_t{1} << 50;

}  // namespace

std::optional<std::uint64_t> memory_value(std::string_view meminfo, std::string_view key) {
  while (!meminfo.empty()) {
    std::string_view line = next_part(meminfo, '\n');
    if (next_part(line, ':') != key) continue;
    const auto kilobytes = parse_number<std::uint64_t>(next_field(line));
    if (!kilobytes || *kilobytes > kMaxKilobytes) return std::nullopt;
    return *kilobytes * 1024;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> reserved_huge_pages(FileSystem& kernel) {
  std::optional<std::uint64_t> total;
  // "hugepages-2048kB/nr_hugepages". Failing to list means a kernel without huge pages.
  (void)kernel.list("sys/kernel/mm/hugepages", [&](const Entry& entry) {
    std::string_view size = entry.name();
    constexpr std::string_view kPrefix = "hugepages-";
    if (!size.starts_with(kPrefix) || !size.ends_with("kB")) return WalkAction::kContinue;
    size.remove_prefix(kPrefix.size());
    size.remove_suffix(2);
    const auto kilobytes = parse_number<std::uint64_t>(size);
    const auto text = procfs::read_value(kernel, entry.path + "/nr_hugepages");
    std::optional<std::uint64_t> pages;
    if (text) pages = parse_number<std::uint64_t>(*text);
    if (!kilobytes || !pages || *kilobytes > kMaxKilobytes) return WalkAction::kContinue;
    if (*pages > kMaxKilobytes / std::max<std::uint64_t>(*kilobytes, 1)) {
      return WalkAction::kContinue;
    }
    total = total.value_or(0) + *pages * *kilobytes * 1024;
    return WalkAction::kContinue;
  });
  return total;
}

std::optional<ProfileCounts> apparmor_profiles(FileSystem& kernel) {
  ProfileCounts counts;
  const auto read = procfs::for_each_line(kernel, "sys/kernel/security/apparmor/profiles",
                                          [&counts](std::string_view line) {
                                            line = procfs::trim(line);
                                            if (line.ends_with("(enforce)")) ++counts.enforced;
                                            if (line.ends_with("(complain)")) ++counts.complaining;
                                            return true;
                                          });
  return read ? std::optional(counts) : std::nullopt;
}

std::optional<std::uint64_t> count_of_list(std::string_view list) {
  std::uint64_t count = 0;
  list = procfs::trim(list);
  while (!list.empty()) {
    std::string_view range = next_part(list, ',');
    const auto first = parse_number<std::uint32_t>(next_part(range, '-'));
    const auto last = range.empty() ? first : parse_number<std::uint32_t>(range);
    if (!first || !last || *last < *first) return std::nullopt;
    count += std::uint64_t{*last} - *first + 1;
  }
  return count > 0 ? std::optional(count) : std::nullopt;
}

std::optional<TimeService> time_service(FileSystem& kernel) {
  struct StateFile {
    std::string_view path;
    std::string_view name;
  };
  constexpr auto kFiles =
      std::to_array<StateFile>({{"run/systemd/timesync/synchronized", "systemd-timesyncd"},
                                {"var/lib/systemd/timesync/clock", "systemd-timesyncd"},
                                {"var/lib/private/systemd/timesync/clock", "systemd-timesyncd"},
                                {"var/lib/chrony/drift", "chrony"},
                                {"var/lib/chrony/chrony.drift", "chrony"},
                                {"var/lib/ntp/ntp.drift", "ntp"},
                                {"var/lib/ntp/drift", "ntp"},
                                {"var/lib/ntpsec/ntp.drift", "ntpsec"},
                                {"var/lib/openntpd/ntpd.drift", "openntpd"}});
  std::optional<TimeService> newest;
  for (const StateFile& file : kFiles) {
    const auto entry = procfs::resolve_links(kernel, file.path);
    if (!entry || !entry->times.modified) continue;
    if (newest && newest->last >= *entry->times.modified) continue;
    newest =
        TimeService{std::string(file.name), "/" + std::string(file.path), *entry->times.modified};
  }
  return newest;
}

std::optional<bool> hardware_clock_is_local(FileSystem& kernel) {
  const auto file = procfs::read_regular_file(kernel, "etc/adjtime", 4096);
  if (!file) return std::nullopt;
  std::string_view rest = file->text;
  next_part(rest, '\n');
  next_part(rest, '\n');
  const auto mode = procfs::trim(next_part(rest, '\n'));
  if (mode != "LOCAL" && mode != "UTC") return std::nullopt;
  return mode == "LOCAL";
}

std::string inside_container(FileSystem& kernel) {
  for (const std::string_view path : {".dockerenv", "run/.containerenv", "run/systemd/container"}) {
    if (kernel.stat(path)) return "/" + std::string(path);
  }
  return {};
}

}  // namespace konseki::system_state

#include "agent/match/startup_place.h"

#include <algorithm>
#include <array>
#include <string>

namespace konseki {
namespace {

constexpr auto kFolders = std::to_array<std::string_view>(
    {"/etc/cron.d/", "/etc/cron.hourly/", "/etc/cron.daily/", "/etc/cron.weekly/",
     "/etc/cron.monthly/", "/var/spool/cron/", "/etc/init.d/", "/etc/rc.d/", "/etc/systemd/system/",
     "/etc/systemd/user/", "/usr/local/lib/systemd/", "/lib/systemd/system/",
     "/usr/lib/systemd/system/", "/etc/profile.d/", "/etc/update-motd.d/", "/etc/udev/rules.d/",
     "/etc/xdg/autostart/", "/etc/modules-load.d/", "/etc/ld.so.conf.d/"});
constexpr auto kFiles =
    std::to_array<std::string_view>({"/etc/crontab", "/etc/rc.local", "/etc/ld.so.preload"});
constexpr auto kWindowsFolders =
    std::to_array<std::string_view>({"/start menu/programs/startup/", "/windows/system32/tasks/"});

}  // namespace

bool is_startup_place(std::string_view path) {
  if (path.size() > 2 && path[1] == ':') {
    std::string lower(path);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return std::any_of(kWindowsFolders.begin(), kWindowsFolders.end(), [&](std::string_view part) {
      return lower.find(part) != std::string::npos;
    });
  }
  return std::any_of(kFolders.begin(), kFolders.end(),
                     [&](std::string_view folder) { return path.starts_with(folder); }) ||
         std::find(kFiles.begin(), kFiles.end(), path) != kFiles.end();
}

}  // namespace konseki

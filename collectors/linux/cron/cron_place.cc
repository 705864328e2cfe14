#include "collectors/linux/cron/cron_place.h"

#include <array>

#include "collectors/linux/cron/at_job.h"

namespace konseki {
namespace {

struct Directory {
  std::string_view path;
  CronKind kind;
};

constexpr auto kDirectories = std::to_array<Directory>({
    {"/etc/cron.d/", CronKind::kSystemTable},
    {"/usr/lib/cron.d/", CronKind::kSystemTable},
    {"/var/spool/cron/crontabs/", CronKind::kUserTable},
    {"/var/spool/cron/tabs/", CronKind::kUserTable},
    {"/var/spool/cron/", CronKind::kUserTable},
    {"/var/cron/tabs/", CronKind::kUserTable},
    {"/etc/crontabs/", CronKind::kUserTable},
    {"/var/spool/cron/atjobs/", CronKind::kAtJob},
    {"/var/spool/at/", CronKind::kAtJob},
    {"/var/spool/atjobs/", CronKind::kAtJob},
});

bool is_housekeeping(std::string_view name) {
  return name == ".placeholder" || name == ".SEQ" || name == "cron.update" || name == ".lockfile";
}

// "/etc/cron.daily/x", "/etc/periodic/daily/x" (Alpine).
std::optional<CronPlace> script_place(std::string_view directory, std::string_view name) {
  constexpr auto kPrefixes = std::to_array<std::string_view>({"/etc/cron.", "/etc/periodic/"});
  constexpr auto kPeriods =
      std::to_array<std::string_view>({"15min", "hourly", "daily", "weekly", "monthly", "yearly"});
  for (std::string_view prefix : kPrefixes) {
    if (!directory.starts_with(prefix)) continue;
    for (std::string_view period : kPeriods) {
      if (directory.substr(prefix.size()) == period)
        return CronPlace{CronKind::kScript, name, period};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<CronPlace> cron_place(std::string_view path) {
  if (path == "/etc/crontab") return CronPlace{CronKind::kSystemTable, "crontab", {}};
  if (path == "/etc/anacrontab") return CronPlace{CronKind::kAnacrontab, "anacrontab", {}};
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view name = path.substr(slash + 1);
  if (is_housekeeping(name)) return std::nullopt;
  for (const Directory& directory : kDirectories) {
    if (path.substr(0, slash + 1) != directory.path) continue;
    if (directory.kind == CronKind::kAtJob && !parse_at_name(name)) return std::nullopt;
    return CronPlace{directory.kind, name, {}};
  }
  return script_place(path.substr(0, slash), name);
}

}  // namespace konseki

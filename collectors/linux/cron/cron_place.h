// Where the cron family keeps its files.
#pragma once

#include <optional>
#include <string_view>

namespace konseki {

enum class CronKind { kSystemTable, kUserTable, kAnacrontab, kScript, kAtJob };

struct CronPlace {
  CronKind kind = CronKind::kSystemTable;
  std::string_view name;    // user of a table, file name of a script or job
  std::string_view period;  // kScript: "hourly", "daily", ...
};

// `path` is absolute, of the evidence's own system. Debian, Red Hat, SUSE, Alpine, OpenWrt.
std::optional<CronPlace> cron_place(std::string_view path);

}  // namespace konseki

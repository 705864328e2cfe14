// Where files start by themselves.
#pragma once

#include <string_view>

namespace konseki {

// True for files in folders from which systems run what lies there: cron, init, systemd, profile
// scripts, loader settings, Startup and Tasks of Windows. Display paths.
bool is_startup_place(std::string_view path);

}  // namespace konseki

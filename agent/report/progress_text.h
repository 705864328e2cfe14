// How far a run is, in one line of a terminal.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/base/terminal.h"
#include "konseki/observer.h"
#include "konseki/text.h"

namespace konseki {

// Time until the work is done, as told by what of it is done after `elapsed`; nothing as long as
// nobody can say. The slower of files and bytes counts.
std::optional<std::chrono::seconds> time_left(const Progress& progress,
                                              std::chrono::duration<double> elapsed);

// "  Reading files 120/400  1.2 GiB/3.4 GiB  45.0 MiB/s  about 2 min left  /var/log/x". `elapsed`:
// since this stage began; `limit`: the time that --max-time leaves. A narrow terminal gets the
// parts that matter most; it is never as wide as the terminal.
std::string progress_line(const Progress& progress, std::chrono::duration<double> elapsed,
                          std::optional<std::chrono::seconds> limit, Language language,
                          const TerminalShape& shape);

}  // namespace konseki

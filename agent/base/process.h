// What the operating system tells this process about itself and its user.
#pragma once

#include <string>
#include <vector>

#include "konseki/host.h"

namespace konseki {

#ifdef _WIN32
inline constexpr OperatingSystem kRunningSystem = OperatingSystem::kWindows;
#else
inline constexpr OperatingSystem kRunningSystem = OperatingSystem::kLinux;
#endif

// The words after the program's name, as UTF-8 on every system; patterns in them stay patterns.
std::vector<std::string> program_arguments(int count, char** words);

// The language in which the system speaks to this user, as a tag ("ja_JP.UTF-8", "ja"); may be "".
std::string user_language();

enum class Elevation {
  kStarted,      // another process does the work, with the rights of an administrator
  kRefused,      // the user said no
  kUnavailable,  // this system has no such question, or could not ask it
};
struct ElevatedRun {
  Elevation outcome = Elevation::kUnavailable;
  int exit_code = 0;  // of the other process, where it was waited for
};

// Asks the user, as Windows does (UAC), whether this program may run again with `words` as an
// administrator, in a window of its own. `wait`: until that has ended.
ElevatedRun run_elevated(const std::vector<std::string>& words, bool wait);

// The words as one line from which a Windows program gets them back (CommandLineToArgvW).
std::string windows_command_line(const std::vector<std::string>& words);

}  // namespace konseki

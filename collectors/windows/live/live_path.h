// Paths as a running Windows tells them, as display paths, and what kind of place they are.
#pragma once

#include <string>
#include <string_view>

#include "collectors/windows/base/environment.h"
#include "konseki/host.h"

namespace konseki::windows {

// What the host facts say of the system's folders.
Environment live_environment(const HostFacts& host);

// "C:/Windows/System32/x.exe" of "C:\...", "\??\C:\...", "\SystemRoot\...". Device names that no
// letter is known for keep their form with '/': "/Device/HarddiskVolume3/x.exe".
std::string live_display_path(std::string_view path, const Environment& environment);

// Both take display paths, case-blind.
// Where files come and go: temporary folders, the recycle bin, downloads, Users/Public, PerfLogs
// and folders of Windows that every user may write to.
bool is_temporary_place(std::string_view path);
// Below a user's folder or ProgramData, where no administrator is needed to put a program.
bool is_user_writable_place(std::string_view path);

// The last part.
std::string_view file_name_of(std::string_view path);

// True when a device path ("\Device\HarddiskVolume3\a\b.exe") may be the same file as a path with
// a letter or of a share: everything behind the volume is equal, case-blind.
bool may_be_same_file(std::string_view device_path, std::string_view path);

}  // namespace konseki::windows

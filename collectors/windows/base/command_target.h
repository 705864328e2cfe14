// What program a Windows command line, ImagePath or DLL name means.
#pragma once

#include <string>
#include <string_view>

#include "collectors/windows/base/environment.h"

namespace konseki::windows {

// The display path ("C:/Windows/System32/x.exe") of a path as registries and tasks write it:
// \SystemRoot\..., \??\C:\..., system32\..., %ProgramFiles%\..., UNC ("//server/share/x"), bare
// names (taken to lie in System32, or in `bare_folder` below the system root when given).
std::string normalise_path(std::string_view path, const Environment& environment,
                           std::string_view bare_folder = "System32");

// The program that `command` starts: quoted or not, with blanks in unquoted paths, with or
// without arguments. Where the program only carries another one (rundll32, regsvr32, cmd /c,
// wscript, mshta, powershell -File), the carried one. "" when the command names no file.
// Nothing is looked up: what the command cannot tell stays a guess by Windows' own defaults.
std::string command_target(std::string_view command, const Environment& environment);

}  // namespace konseki::windows

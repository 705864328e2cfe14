// What about a Windows process deserves a look. README.md explains each word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/windows/base/environment.h"
#include "collectors/windows/processes/process_tree.h"

namespace konseki::windows {

// True when the memory where the program should be holds something else: private memory (its
// place was cleared and filled), or another file.
bool image_is_replaced(const WindowsProcess& process);

// Modules that lie in temporary places, as display paths.
std::vector<std::string> temporary_modules(const WindowsProcess& process,
                                           const Environment& environment);

// Stable words, sorted. `exe` is the display path of process.exe. Nothing is concluded from what
// was not told.
std::vector<std::string> signs_of(const WindowsProcess& process, std::string_view exe,
                                  const ProcessTree& tree, const Environment& environment);

}  // namespace konseki::windows

// Absolute paths without links, of what exists and of what is about to.
#pragma once

#include <windows.h>

#include <string>

#include "konseki/result.h"

namespace konseki {

// Where an open file or folder lies, as "\\?\C:\..." in the spelling that is stored; "" when
// Windows does not say.
std::wstring path_of_handle(HANDLE handle);

// The same of a path; its last components may not exist yet: they are kept as they are.
std::wstring real_path_of_future(const std::string& path);

// Whether `path` is `folder` or lies below it; both as above, case-blind.
bool at_or_below(std::wstring_view path, std::wstring_view folder);

}  // namespace konseki

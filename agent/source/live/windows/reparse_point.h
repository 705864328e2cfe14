// Where a symbolic link or junction of Windows leads.
#pragma once

#include <windows.h>

#include <string>

namespace konseki {

// The target as people see it, '/' separated; "" for other reparse points [MS-FSCC 2.1.2].
std::string reparse_target(HANDLE opened);

}  // namespace konseki

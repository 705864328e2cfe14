// Error from the operating system's number, with advice where a user can help.
#pragma once

#include <string>

#include "konseki/result.h"

namespace konseki {

// `number` is an errno value; `action` says what was tried on what ("create /x").
Error system_error(int number, std::string action);

}  // namespace konseki

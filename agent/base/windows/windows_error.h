// Error from Windows' number, with the words and the advice that other systems give for the same.
#pragma once

#include <cstdint>
#include <string>

#include "konseki/result.h"

namespace konseki {

// `number` is what GetLastError() answered; `action` says what was tried on what ("create X").
Error windows_error(std::uint32_t number, std::string action);

}  // namespace konseki

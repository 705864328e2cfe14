// Whether bytes are text that a person could read.
#pragma once

#include <cstddef>
#include <span>

namespace konseki {

// By the first 4 KiB: text has no NUL and few other control characters, or is UTF-16.
bool is_text(std::span<const std::byte> content);

}  // namespace konseki

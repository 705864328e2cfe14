// Whether the sizes that a shortcut states fit into it [MS-SHLLINK 2].
#pragma once

#include <optional>
#include <string>

#include "konseki/byte_reader.h"

namespace konseki::windows {

// What is wrong, or nothing. Asked before the library is: it takes as much memory as the size of
// the link information says, up to 4 GiB for a file of a few bytes.
std::optional<std::string> impossible_size(ByteReader& content);

}  // namespace konseki::windows

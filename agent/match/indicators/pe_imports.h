// The import hash of a PE file.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "konseki/byte_reader.h"

namespace konseki {

// "kernel32.createfilea,...": library without .dll, .ocx or .sys, a dot and the function, in the
// order of the import directory, lower-case; functions by number as "ordN" but for the three
// libraries whose numbers are names to everybody (oleaut32, ws2_32, wsock32). Nothing when
// `content` is no PE file or imports nothing. Bounded: 256 libraries, 65,536 functions, names of
// 255 bytes; a file past that, or one whose tables lie outside it, gives what was read before.
std::optional<std::string> import_names(ByteReader& content);

// MD5 of the above in lower-case hex, as pefile and yara compute it.
std::optional<std::string> import_hash(ByteReader& content);

}  // namespace konseki

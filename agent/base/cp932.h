// Windows code page 932 (Japanese) to UTF-8, and what it has, by a table of our own: no locale, no
// iconv.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace konseki {

// Length of the character at the start of `text` (1 or 2), or 0 when it is none of code page 932.
// `text` is not empty. User-defined characters (F040 to F9FC) count and become U+E000 to U+E757.
std::size_t cp932_sequence_length(std::string_view text);

bool is_cp932(std::string_view text);

// Bytes of the character in the code page, which are its columns on such a console; 0 when the code
// page does not have it.
std::size_t cp932_size_of(std::uint32_t code_point);

// `text` (well-formed UTF-8) with what the code page does not have in other words: dashes, dots and
// blanks by their like, anything else by its number, as <U+00E9>.
std::string within_cp932(std::string_view text);

// Appends `text` in UTF-8; bytes that are no characters become %XX.
void append_cp932(std::string& out, std::string_view text);

}  // namespace konseki

// Text of evidence made safe to show: nothing invisible, nothing that steers a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace konseki {

// Characters that do not show, reorder their neighbours or command a terminal: C0 and C1 controls,
// DEL, bidirectional controls, zero-width characters, line and paragraph separators, byte order
// marks, tags and non-characters.
bool is_hidden(std::uint32_t code_point);

// "U+202E".
std::string code_point_name(std::uint32_t code_point);

// `text` with every hidden character as <U+202E> and ill-formed bytes as %XX.
std::string visible_text(std::string_view text);

// Columns that `text` takes in a terminal: 2 for East Asian wide and full-width characters
// (Unicode TR 11), 0 for combining marks, 1 for the rest. Hidden characters count 0, so pass
// visible_text() first.
std::size_t display_width(std::string_view text);

// `text` followed by blanks up to `width` columns.
std::string padded_to(std::string_view text, std::size_t width);

// At most `width` columns of `text`, the last one "…" when something was cut.
std::string shortened_to(std::string_view text, std::size_t width);

}  // namespace konseki

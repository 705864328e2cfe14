// Text made to fit a terminal, narrow ones and Japanese consoles too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/base/terminal.h"

namespace konseki {

// Columns that visible `text` takes there.
std::size_t screen_width(std::string_view text, const TerminalShape& shape);

// One line of untrusted text: control characters shown by their number, cut to at most `columns`.
std::string screen_line(std::string_view text, std::size_t columns, const TerminalShape& shape);

// Each line of `text` broken where its language allows, so that none is as wide as the terminal;
// what follows keeps the blanks at the line's start. Words without a break (paths, keys) stay
// whole.
std::string screen_paragraphs(std::string_view text, const TerminalShape& shape);

}  // namespace konseki

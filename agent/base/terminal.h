// The terminal that the program runs at: who sits there, and secrets that must not pass through
// stdin or a file.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki {

// Whether someone can be asked: stdin is a terminal.
bool standard_input_is_terminal();

// Forgets what was typed at that terminal so far, so that an earlier key press answers no later
// question.
void drop_typed_input();

// One line of stdin as UTF-8, without blanks and line break; its first hundred bytes.
std::string typed_line();

// Shows `prompt`, reads one line without showing it, and hands it to `take` in pieces, without its
// line break; nothing of it stays in a buffer here. kUnsupported when there is no terminal,
// kCancelled on Ctrl-C or Ctrl-D.
Result<void> ask_hidden(std::string_view prompt, const std::function<void(std::string_view)>& take);

}  // namespace konseki

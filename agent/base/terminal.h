// The terminal that the program runs at: who sits there, and secrets that must not pass through
// stdin or a file.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "konseki/result.h"

namespace konseki {

// How a terminal shows text.
struct TerminalShape {
  std::size_t columns = 80;
  // A console of code page 932: it shows that code page's characters only, each in as many columns
  // as it has bytes.
  bool cp932 = false;
};

// Of the terminal behind stderr; the default where there is none.
TerminalShape terminal_shape();

// Whether someone can be asked: stdin is a terminal.
bool standard_input_is_terminal();

// Forgets what was typed at that terminal so far, so that an earlier key press answers no later
// question.
void drop_typed_input();

// One line of stdin as UTF-8, without blanks and line break; its first hundred bytes.
std::string typed_line();

// Whether the window that shows this program goes away with it: it was started by double-click.
// Where nobody can tell, true.
bool window_ends_with_program();

// From now on a click into this program's own window does not stop it: a Windows console would wait
// for the end of the selection.
void ignore_clicks();

// Until a key is pressed (Windows), or Enter (elsewhere); at once without a terminal.
void wait_for_key();

// Shows `prompt`, reads one line without showing it, and hands it to `take` in pieces, without its
// line break; nothing of it stays in a buffer here. kUnsupported when there is no terminal,
// kCancelled on Ctrl-C or Ctrl-D.
Result<void> ask_hidden(std::string_view prompt, const std::function<void(std::string_view)>& take);

}  // namespace konseki

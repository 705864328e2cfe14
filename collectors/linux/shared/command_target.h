// Which program a shell command line starts, as far as its text tells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace konseki {

// Words of the shell command line, quotes and backslashes resolved, operators (; & | && || and
// newlines, parentheses) as words of their own. Expansions stay as written. At most `limit` words.
struct ShellWord {
  std::string text;
  bool is_operator = false;
};
std::vector<ShellWord> shell_words(std::string_view command, std::size_t limit = 256);

// The absolute path of what really runs, or "" when no absolute path can be told: assignments,
// tests (`test -x`, `[ -x ]`, `cd /`) and wrappers (nohup, env, sudo, nice, ...) are stepped over,
// an interpreter with an absolute script path answers the script, `sh -c '...'` is looked into.
std::string command_target(std::string_view command);

}  // namespace konseki

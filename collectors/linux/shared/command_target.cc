#include "collectors/linux/shared/command_target.h"

#include <algorithm>
#include <array>
#include <span>

#include "collectors/linux/shared/text_lines.h"

namespace konseki {
namespace {

constexpr int kMaxNesting = 4;  // sh -c "sh -c ..."

using Words = std::span<const ShellWord>;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Words that only decide whether or where the next command runs.
bool is_preamble(std::string_view name) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"[", "[[", "test", "cd", "command", "sleep", "umask", "export", "ulimit", "true", ":", "set",
       "mkdir", "touch", "echo"});
  return is_one_of(name, kNames);
}

// Words of the shell's own grammar that may stand before a command.
bool is_keyword(std::string_view name) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"if", "then", "else", "elif", "while", "until", "do", "!", "{", "}", "fi", "done", "time"});
  return is_one_of(name, kNames);
}

bool is_wrapper(std::string_view name) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"nohup",       "setsid",      "env",       "sudo",
       "doas",        "nice",        "ionice",    "exec",
       "timeout",     "stdbuf",      "chronic",   "flock",
       "unbuffer",    "runuser",     "su",        "start-stop-daemon",
       "chrt",        "taskset",     "run-parts", "savelog",
       "systemd-cat", "systemd-run", "busybox",   "eatmydata"});
  return is_one_of(name, kNames);
}

bool is_shell(std::string_view name) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "csh", "tcsh", "fish"});
  return is_one_of(name, kNames);
}

bool is_interpreter(std::string_view name) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"python", "perl", "php", "ruby", "node", "nodejs", "lua",
                                       "tclsh", "awk", "source", ".", "java", "mono"});
  if (is_shell(name)) return true;
  while (!name.empty() && (name.back() == '.' || (name.back() >= '0' && name.back() <= '9')) &&
         name.size() > 1) {
    name.remove_suffix(1);  // python3.11
  }
  return is_one_of(name, kNames);
}

bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == 0 || equals == std::string_view::npos) return false;
  return std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  });
}

bool is_absolute(std::string_view word) { return word.size() > 1 && word.front() == '/'; }

std::string target_of(std::string_view command, int nesting);

// "-c", also joined by other letters ("-lc"); "--command" is su's.
bool announces_code(std::string_view word) {
  return (word.size() > 1 && word[0] == '-' && word[1] != '-' && word.back() == 'c') ||
         word == "--command";
}

// The script that an interpreter is given: the first absolute path among its words, or what its
// code, after -c, runs.
std::string script_of(Words words, bool shell, int nesting) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (announces_code(words[i].text)) {
      const bool readable = shell && i + 1 < words.size();
      return readable ? target_of(words[i + 1].text, nesting + 1) : std::string();
    }
    if (is_absolute(words[i].text)) return words[i].text;
  }
  return {};
}

// Leaves out redirections: they name files that are written or read, not run.
std::vector<ShellWord> without_redirections(std::vector<ShellWord> words) {
  std::vector<ShellWord> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t sign = words[i].text.find_first_not_of("0123456789&");
    const bool redirection = !words[i].is_operator && sign != std::string::npos &&
                             (words[i].text[sign] == '>' || words[i].text[sign] == '<');
    if (!redirection) {
      kept.push_back(std::move(words[i]));
    } else if (words[i].text.ends_with('>') || words[i].text.ends_with('<')) {
      ++i;  // the name is a word of its own
    }
  }
  return kept;
}

// Index of the first word that is no option; the last word when all are.
std::ptrdiff_t first_argument(Words words) {
  std::ptrdiff_t at = 1;
  while (at + 1 < std::ssize(words) && words[static_cast<std::size_t>(at)].text.starts_with('-')) {
    ++at;
  }
  return at;
}

// One simple command. Answers whether it decided the target.
bool simple_command(Words words, int nesting, std::string& target) {
  while (!words.empty() && (is_assignment(words[0].text) || is_keyword(words[0].text))) {
    words = words.subspan(1);
  }
  while (!words.empty()) {
    const std::string_view name = base_name(words[0].text);
    if (is_preamble(name)) return false;
    if (!is_wrapper(name)) break;
    // Options and their values cannot be told apart for every wrapper; what counts is the next
    // word that names a program.
    const bool runs_shell = name == "su" || name == "runuser";
    if (runs_shell) {
      target = script_of(words.subspan(1), true, nesting);
      return true;
    }
    // flock's first word is the lock file.
    const std::ptrdiff_t from = name == "flock" && words.size() > 2 ? first_argument(words) + 1 : 1;
    auto next = std::find_if(words.begin() + from, words.end(), [](const ShellWord& word) {
      const std::string_view base = base_name(word.text);
      return is_absolute(word.text) || is_interpreter(base) || is_wrapper(base);
    });
    if (next == words.end()) {
      if (is_absolute(words[0].text)) target = words[0].text;
      return true;
    }
    words = words.subspan(static_cast<std::size_t>(next - words.begin()));
  }
  if (words.empty()) return false;
  if (is_interpreter(base_name(words[0].text))) {
    target = script_of(words.subspan(1), is_shell(base_name(words[0].text)), nesting);
    if (target.empty() && is_absolute(words[0].text)) target = words[0].text;
    return true;
  }
  if (is_absolute(words[0].text)) target = words[0].text;
  return true;
}

std::string target_of(std::string_view command, int nesting) {
  if (nesting > kMaxNesting) return {};
  const std::vector<ShellWord> words = without_redirections(shell_words(command));
  std::string target;
  for (std::size_t begin = 0; begin < words.size();) {
    std::size_t end = begin;
    while (end < words.size() && !words[end].is_operator) ++end;
    if (simple_command(Words(words).subspan(begin, end - begin), nesting, target)) return target;
    begin = end + 1;
  }
  return target;
}

}  // namespace

namespace {

// '&' next to an angle bracket belongs to a redirection ("2>&1", "&>file").
bool is_operator_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ';' || c == '|' || c == '\n' || c == '(' || c == ')') return true;
  if (c != '&') return false;
  const bool after = at > 0 && (text[at - 1] == '>' || text[at - 1] == '<');
  const bool before = at + 1 < text.size() && text[at + 1] == '>';
  return !after && !before;
}

}  // namespace

std::vector<ShellWord> shell_words(std::string_view command, std::size_t limit) {
  std::vector<ShellWord> words;
  ShellWord word;
  bool open = false;  // a word has begun, though it may be empty as in ''
  const auto finish = [&] {
    if (open) words.push_back(std::move(word));
    word = {};
    open = false;
  };
  for (std::size_t at = 0; at < command.size() && words.size() < limit;) {
    const char c = command[at];
    if (c == '\'' || c == '"') {
      open = true;
      ++at;
      while (at < command.size() && command[at] != c) {
        const bool escaped = c == '"' && command[at] == '\\' && at + 1 < command.size();
        if (escaped) ++at;
        word.text += command[at++];
      }
      ++at;
    } else if (c == '\\' && at + 1 < command.size()) {
      open = true;
      word.text += command[at + 1];
      at += 2;
    } else if (is_blank(c) || c == '\r') {
      finish();
      ++at;
    } else if (is_operator_at(command, at)) {
      finish();
      words.push_back({std::string(1, c), true});
      ++at;
    } else {
      open = true;
      word.text += c;
      ++at;
    }
  }
  if (words.size() < limit) finish();
  return words;
}

std::string command_target(std::string_view command) { return target_of(command, 0); }

}  // namespace konseki

#include "agent/match/webshell/shape.h"

#include <algorithm>
#include <array>

#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/word_scanner.h"

namespace konseki::webshell {
namespace {

// Words that people who write webshells use and others hardly do. Lower case.
constexpr std::array<std::string_view, 74> kWords = {"webshell",      "web shell",
                                                     "web-shell",     "backdoor",
                                                     "back connect",  "backconnect",
                                                     "back-connect",  "bind shell",
                                                     "bindport",      "bind port",
                                                     "reverse shell", "reverseshell",
                                                     "hacked by",     "h4ck",
                                                     "hacker",        "defac",
                                                     "exploit",       "c99",
                                                     "r57",           "b374k",
                                                     "filesman",      "wso ",
                                                     "phpspy",        "php spy",
                                                     "aspxspy",       "jspspy",
                                                     "jsp spy",       "devilz",
                                                     "safe_mode",     "safe mode",
                                                     "open_basedir",  "disable_functions",
                                                     "bypass",        "/etc/passwd",
                                                     "/etc/shadow",   "uname -a",
                                                     "cmd.exe",       "/bin/sh",
                                                     "/bin/bash",     "net user",
                                                     "netstat",       "whoami",
                                                     "ipconfig",      "ifconfig",
                                                     "mass deface",   "symlink",
                                                     "cpanel",        "rooted",
                                                     "rootkit",       "bruteforce",
                                                     "brute force",   "brute-force",
                                                     "milw0rm",       "antichat",
                                                     "indoxploit",    "anonymous",
                                                     "r00t",          "0day",
                                                     "zone-h",        "shell by",
                                                     "coded by",      "ddos",
                                                     "udp flood",     "kernel",
                                                     "suid",          "self remove",
                                                     "selfremove",    "kill self",
                                                     "mailer",        "execute command",
                                                     "eval code",     "chopper",
                                                     "antsword",      "godzilla"};

struct Tool {
  std::string_view mark;
  std::string_view name;
};

// Administration tools by what they say of themselves.
constexpr std::array kTools = std::to_array<Tool>({
    {"adminer.org", "Adminer"},
    {"tinyfilemanager", "Tiny File Manager"},
    {"tiny file manager", "Tiny File Manager"},
    {"phpminiadmin", "phpMiniAdmin"},
    {"php mini admin", "phpMiniAdmin"},
    {"extplorer", "eXtplorer"},
    {"responsive filemanager", "Responsive FileManager"},
    {"elfinder.org", "elFinder"},
    {"phpfilemanager", "phpFileManager"},

    {"sqlbuddy", "SQL Buddy"},
    {"dbninja", "DbNinja"},
    {"phpliteadmin", "phpLiteAdmin"},

    {"jfilebrowser", "JSP File Browser"},
    {"jsp file browser", "JSP File Browser"},
    {"simple file manager", "Simple File Manager"},
    {"wwwfilemanager", "WWW File Manager"},
});

std::vector<std::string_view> tool_marks() {
  std::vector<std::string_view> marks;
  for (const Tool& tool : kTools) marks.push_back(tool.mark);
  return marks;
}

bool odd_name(std::string_view name) {
  if (name.size() < 2) return name == "_";
  bool high = false;
  bool only_lines = true;
  std::size_t ambiguous = 0;
  std::size_t digits = 0;
  std::size_t vowels = 0;
  std::size_t letters = 0;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) high = true;
    if (c != '_') only_lines = false;
    if (c == 'O' || c == '0' || c == 'o' || c == 'l' || c == '1' || c == 'I' || c == '_')
      ++ambiguous;
    if (is_digit(c)) ++digits;
    if (is_alpha(c)) ++letters;
    const char low = static_cast<char>(c | 32);
    if (low == 'a' || low == 'e' || low == 'i' || low == 'o' || low == 'u' || low == 'y') ++vowels;
  }
  if (high || only_lines) return true;
  if (name.size() >= 4 && ambiguous == name.size()) return true;
  // Digits inside a name; those at its end only count.
  std::size_t tail = name.size();
  while (tail > 0 && is_digit(name[tail - 1])) --tail;
  const std::size_t inside = digits - (name.size() - tail);
  if (name.size() >= 5 && inside >= 2) return true;
  return name.size() >= 6 && letters >= 5 && vowels * 6 < letters;
}

}  // namespace

Shape shape_of(std::string_view content, std::string_view code, ScriptLanguage language) {
  static const WordScanner kScanner(kWords);
  static const std::vector<std::string_view> kMarks = tool_marks();
  static const WordScanner kToolScanner(kMarks);
  Shape shape;
  std::size_t run = 0;
  std::size_t line = 0;
  std::size_t strange = 0;
  std::size_t high = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=') {
      ++run;
    } else {
      shape.longest_encoded = std::max(shape.longest_encoded, run);
      run = 0;
      if (c == '\n') {
        shape.longest_line = std::max(shape.longest_line, line);
        line = 0;
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        ++high;
      } else if (!is_blank(c)) {
        ++strange;
      }
    }
    ++line;
    if (c == '\\' && i + 1 < code.size()) {
      const char next = code[i + 1];
      if (next == 'x' || next == 'u' ||
          (next >= '0' && next <= '3' && i + 2 < code.size() && is_digit(code[i + 2]))) {
        ++shape.escapes;
      }
    } else if (c == '$' && language == ScriptLanguage::kPhp && i + 1 < code.size() &&
               is_word_start(code[i + 1])) {
      std::size_t end = i + 1;
      while (end < code.size() && is_word(code[end])) ++end;
      ++shape.names;
      const std::string_view name = code.substr(i + 1, end - i - 1);
      if (name[0] != '_' || name.size() < 4 || name[1] == '_')
        shape.odd_names += odd_name(name) ? 1 : 0;
    } else if (c == ']' && i >= 2 && is_digit(code[i - 1]) && i + 2 < code.size()) {
      std::size_t next = i + 1;
      while (next < code.size() && is_blank(code[next])) ++next;
      if (next < code.size() && code[next] == '.') {
        ++next;
        while (next < code.size() && is_blank(code[next])) ++next;
        if (next < code.size() && code[next] == '$') ++shape.picked_letters;
      }
    } else if ((c == 'c' || c == 'C') && code.size() - i > 4 && (code[i + 1] | 32) == 'h' &&
               (code[i + 2] | 32) == 'r' &&
               (code[i + 3] == '(' || ((code[i + 3] | 32) == 'w' && code[i + 4] == '(')) &&
               (i == 0 || !is_word(code[i - 1]))) {
      ++shape.characters;
    }
  }
  shape.longest_encoded = std::max(shape.longest_encoded, run);
  shape.longest_line = std::max(shape.longest_line, line);
  if (!code.empty()) {
    shape.strange_share = static_cast<int>(strange * 100 / code.size());
    shape.high_share = static_cast<int>(high * 100 / code.size());
  }
  std::vector<bool> found;
  if (kScanner.scan(content, found)) {
    for (std::size_t i = 0; i < kWords.size(); ++i) {
      if (found[i]) shape.words.push_back(kWords[i]);
    }
  }
  shape.tool_at_top = kToolScanner.any(content.substr(0, 1024));
  if (kToolScanner.scan(content, found)) {
    for (std::size_t i = 0; i < kTools.size() && shape.tool.empty(); ++i) {
      if (found[i]) shape.tool = kTools[i].name;
    }
  }
  return shape;
}

}  // namespace konseki::webshell

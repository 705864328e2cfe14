#include "agent/match/webshell/shape.h"

#include <algorithm>
#include <array>

#include "agent/match/webshell/lex_support.h"
#include "agent/match/webshell/word_scanner.h"

namespace konseki::webshell {
namespace {

// Words that people who write webshells use and others hardly do. Lower case.
constexpr std::array<std::string_view, 84> kWords = {"webshell",      "web shell",
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
                                                     "antsword",      "godzilla",
                                                     "priv8",         "xploit",
                                                     "greetz",        "kingdefacer",
                                                     "mass mail",     "shell finder",
                                                     "1337",          "uploader",
                                                     "jumping",       "pwned"};

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

// "\x65", "\u0065", "\101": how often they stand in the code.
std::uint32_t count_escapes(std::string_view code) {
  std::uint32_t count = 0;
  for (std::size_t at = code.find('\\'); at != std::string_view::npos && at + 1 < code.size();
       at = code.find('\\', at + 1)) {
    const char next = code[at + 1];
    if (next == 'x' || next == 'u' ||
        (next >= '0' && next <= '3' && at + 2 < code.size() && is_digit(code[at + 2]))) {
      ++count;
    }
  }
  return count;
}

// A digit, "]", "." and "$", blanks between them.
std::size_t count_picked_letters(std::string_view code) {
  std::size_t count = 0;
  for (std::size_t at = code.find(']'); at != std::string_view::npos; at = code.find(']', at + 1)) {
    if (at < 2 || !is_digit(code[at - 1]) || at + 2 >= code.size()) continue;
    std::size_t next = at + 1;
    while (next < code.size() && is_blank(code[next])) ++next;
    if (next >= code.size() || code[next] != '.') continue;
    ++next;
    while (next < code.size() && is_blank(code[next])) ++next;
    if (next < code.size() && code[next] == '$') ++count;
  }
  return count;
}

// chr(, chrw(.
std::uint32_t count_characters(std::string_view code) {
  std::uint32_t count = 0;
  for (std::size_t at = code.find('('); at != std::string_view::npos; at = code.find('(', at + 1)) {
    const bool wide = at > 0 && (code[at - 1] | 32) == 'w';
    const std::size_t length = wide ? 4 : 3;
    if (at < length || code.size() - (at - length) <= 4) continue;
    const std::size_t start = at - length;
    if ((code[start] == 'c' || code[start] == 'C') && (code[start + 1] | 32) == 'h' &&
        (code[start + 2] | 32) == 'r' && (start == 0 || !is_word(code[start - 1]))) {
      ++count;
    }
  }
  return count;
}

void count_names(std::string_view code, Shape& shape) {
  for (std::size_t at = code.find('$'); at != std::string_view::npos && at + 1 < code.size();
       at = code.find('$', at + 1)) {
    if (!is_word_start(code[at + 1])) continue;
    std::size_t end = at + 1;
    while (end < code.size() && is_word(code[end])) ++end;
    ++shape.names;
    const std::string_view name = code.substr(at + 1, end - at - 1);
    if (name[0] != '_' || name.size() < 4 || name[1] == '_')
      shape.odd_names += odd_name(name) ? 1 : 0;
  }
}

// Kinds of bytes and the longest run of what base64 and hex are written in.
void count_bytes(std::string_view code, Shape& shape) {
  enum Kind : std::uint8_t { kEncoded, kBlank, kHigh, kStrange };
  static constexpr std::array<Kind, 256> kKinds = [] {
    std::array<Kind, 256> table{};
    for (std::size_t i = 0; i < 256; ++i) {
      const char c = static_cast<char>(i);
      table[i] = is_of(c, kAlphaByte | kDigitByte) || c == '+' || c == '/' || c == '=' ? kEncoded
                 : i >= 0x80                                                           ? kHigh
                 : is_of(c, kBlankByte)                                                ? kBlank
                                                                                       : kStrange;
    }
    return table;
  }();
  std::array<std::size_t, 4> counts{};
  std::size_t run = 0;
  for (const char c : code) {
    const Kind kind = kKinds[static_cast<unsigned char>(c)];
    if (kind == kEncoded) {
      ++run;
      continue;
    }
    shape.longest_encoded = std::max(shape.longest_encoded, run);
    run = 0;
    ++counts[kind];
  }
  shape.longest_encoded = std::max(shape.longest_encoded, run);
  if (code.empty()) return;
  shape.strange_share = static_cast<int>(counts[kStrange] * 100 / code.size());
  shape.high_share = static_cast<int>(counts[kHigh] * 100 / code.size());
}

}  // namespace

Shape shape_of(std::string_view content, std::string_view code, ScriptLanguage language,
               const ShapeWish& wish) {
  static const WordScanner kScanner(kWords);
  static const std::vector<std::string_view> kMarks = tool_marks();
  static const WordScanner kToolScanner(kMarks);
  Shape shape;
  shape.escapes = count_escapes(code);
  shape.picked_letters = count_picked_letters(code);
  shape.dense = shape.escapes >= 200 && shape.escapes * 30 > content.size();
  shape.spelled = shape.picked_letters >= 60 && shape.picked_letters * 80 > content.size();
  shape.tool_at_top = kToolScanner.any(content.substr(0, 1024));
  if (wish.looks || shape.dense || shape.spelled) {
    shape.characters = count_characters(code);
    count_bytes(code, shape);
    if (language == ScriptLanguage::kPhp) count_names(code, shape);
  }
  if (!wish.words && !shape.dense && !shape.spelled && !shape.tool_at_top) return shape;
  std::vector<bool> found;
  if (kScanner.scan(content, found)) {
    for (std::size_t i = 0; i < kWords.size(); ++i) {
      if (found[i]) shape.words.push_back(kWords[i]);
    }
  }
  if (kToolScanner.scan(content, found)) {
    for (std::size_t i = 0; i < kTools.size() && shape.tool.empty(); ++i) {
      if (found[i]) shape.tool = kTools[i].name;
    }
  }
  return shape;
}

}  // namespace konseki::webshell

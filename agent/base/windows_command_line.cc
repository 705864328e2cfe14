#include "agent/base/process.h"

namespace konseki {

// A backslash is itself, but for a run of them before a quotation mark, where each counts half.
std::string windows_command_line(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ' ';
    if (!word.empty() && word.find_first_of(" \t\n\v\"") == std::string::npos) {
      out += word;
      continue;
    }
    out += '"';
    std::size_t backslashes = 0;
    for (const char c : word) {
      if (c == '"') out.append(backslashes + 1, '\\');
      out += c;
      backslashes = c == '\\' ? backslashes + 1 : 0;
    }
    out.append(backslashes, '\\');
    out += '"';
  }
  return out;
}

}  // namespace konseki

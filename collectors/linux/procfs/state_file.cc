#include "collectors/linux/procfs/state_file.h"

#include "collectors/linux/procfs/text.h"

namespace konseki::procfs {

std::map<std::string, std::string> parse_state_file(std::string_view text) {
  std::map<std::string, std::string> values;
  while (!text.empty()) {
    std::string_view line = next_part(text, '\n');
    if (line.starts_with('#') || line.find('=') == std::string_view::npos) continue;
    const auto key = trim(next_part(line, '='));
    values.emplace(key, unquote(line));
  }
  return values;
}

}  // namespace konseki::procfs

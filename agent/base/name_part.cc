#include "agent/base/name_part.h"

namespace konseki {

std::string name_part(std::string_view text, std::size_t most, std::string_view fallback) {
  std::string out;
  for (const char c : text.substr(0, most)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || (c == '.' && !out.empty());
    out += plain ? c : '_';
  }
  return out.empty() ? std::string(fallback) : out;
}

}  // namespace konseki

#include "agent/base/process.h"

#include <cstdlib>

namespace konseki {

std::vector<std::string> program_arguments(int count, char** words) {
  return {words + (count > 0 ? 1 : 0), words + count};
}

std::string user_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

ElevatedRun run_elevated(const std::vector<std::string>&, bool) { return {}; }

}  // namespace konseki

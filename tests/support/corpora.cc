#include "tests/support/corpora.h"

#include <cstdlib>
#include <filesystem>

namespace konseki::testing {

std::optional<std::string> corpora_directory() {
  std::filesystem::path path;
  if (const char* set = std::getenv("KONSEKI_CORPORA")) {
    path = set;
  } else if (const char* project = std::getenv("KONSEKI_PROJECT")) {
    path = std::filesystem::path(project) / "../shared/corpora";
  }
  std::error_code error;
  if (path.empty() || !std::filesystem::is_directory(path, error)) return std::nullopt;
  return path.lexically_normal().string();
}

}  // namespace konseki::testing

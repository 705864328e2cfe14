#include "agent/match/builtin.h"

namespace konseki {

std::vector<std::unique_ptr<Matcher>> make_builtin_matchers() {
  std::vector<std::unique_ptr<Matcher>> matchers;
  return matchers;
}

}  // namespace konseki

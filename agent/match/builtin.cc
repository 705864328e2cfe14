#include "agent/match/builtin.h"

#include "agent/match/miner/miner_matcher.h"

namespace konseki {

std::vector<std::unique_ptr<Matcher>> make_builtin_matchers() {
  std::vector<std::unique_ptr<Matcher>> matchers;
  matchers.push_back(make_miner_matcher());
  return matchers;
}

}  // namespace konseki

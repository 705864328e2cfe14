#include "agent/match/builtin.h"

#include "agent/match/miner/miner_matcher.h"
#include "agent/match/webshell/webshell_matcher.h"

namespace konseki {

std::vector<std::unique_ptr<Matcher>> make_builtin_matchers() {
  std::vector<std::unique_ptr<Matcher>> matchers;
  matchers.push_back(make_miner_matcher());
  matchers.push_back(webshell::make_webshell_matcher());
  return matchers;
}

}  // namespace konseki

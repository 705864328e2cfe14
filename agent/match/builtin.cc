#include "agent/match/builtin.h"

#include "agent/match/defacement/defacement_matcher.h"
#include "agent/match/escalation/escalation.h"
#include "agent/match/miner/miner_matcher.h"
#include "agent/match/webshell/webshell_matcher.h"

namespace konseki {

std::vector<std::unique_ptr<Matcher>> make_builtin_matchers(
    std::shared_ptr<const MinerData> miners) {
  const auto site = std::make_shared<webshell::SiteEvidence>();
  std::vector<std::unique_ptr<Matcher>> matchers;
  matchers.push_back(webshell::make_webshell_matcher(site));
  matchers.push_back(make_miner_matcher(std::move(miners)));
  matchers.push_back(make_defacement_matcher(site));
  matchers.push_back(make_escalation(site));
  return matchers;
}

}  // namespace konseki

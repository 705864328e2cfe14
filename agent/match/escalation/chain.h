// Chain: entry -> webshell -> miner -> persistence, each link with its evidence.
#pragma once

#include "agent/match/escalation/story.h"

namespace konseki {

// Adds the witnesses chain.* and answers the links in one line.
Bilingual add_chain(const StorySources& sources, const Triggers& triggers, Finding& finding);

// True for a request that a webshell itself took: it tells nothing of how it came.
bool is_own_request(const webshell::ToldRequest& request, const Triggers& triggers);
// Who asked for the webshells; everybody sees a defaced page.
std::set<std::string> clients_of(const Triggers& triggers);
// Says that the file's owner is the account of a web server, as it runs now or is set up; else
// empty.
Bilingual account_note(const StorySources& sources, const HostFile* file);

inline constexpr std::size_t kMostRequests = 1000;

}  // namespace konseki

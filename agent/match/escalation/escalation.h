// Escalation: a webshell, a miner or a defaced page makes everything near it worth a look.
#pragma once

#include <memory>

#include "agent/match/webshell/site_evidence.h"
#include "konseki/matcher.h"

namespace konseki {

// Switched on by findings of the matchers "webshell" and "miner" of high or above and "defacement"
// of medium or above; then one finding (matcher "escalation", low) with the chain entry -> webshell
// -> miner -> persistence and, behind it, who wrote it by logs and running processes, what the same
// writer, the same clients and the same family left, and files of nobody in start-up places
// (docs/matching.md). Silent otherwise. It also names what is to be collected for
// them (wanted.h), and tells what came of it. `site` is fed by another matcher.
std::unique_ptr<Matcher> make_escalation(std::shared_ptr<const webshell::SiteEvidence> site);

}  // namespace konseki

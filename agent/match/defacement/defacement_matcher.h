// DefacementMatcher: pages that an intruder wrote over, or put spam into.
#pragma once

#include <memory>

#include "agent/match/webshell/site_evidence.h"
#include "konseki/matcher.h"

namespace konseki {

// T1491.002. One finding a page, made in finish() of what the page says, what its neighbours say
// (`site`, fed by another matcher) and of the same page in other folders. Medium at most, unless
// three witnesses of two kinds speak.
std::unique_ptr<Matcher> make_defacement_matcher(
    std::shared_ptr<const webshell::SiteEvidence> site);

}  // namespace konseki

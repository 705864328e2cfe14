// Witnesses of what lies near: who wrote it, what else that account and those clients did, what
// else is of the family, what starts and belongs to nobody, what was collected for it.
#pragma once

#include <span>

#include "agent/match/escalation/story.h"

namespace konseki {

// Adds the witnesses writer.*, near.* and collected.
void add_vicinity(const StorySources& sources, const Triggers& triggers,
                  std::span<const Finding> findings, Finding& finding);

}  // namespace konseki

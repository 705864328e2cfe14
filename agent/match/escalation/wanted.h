// What escalation wants in the bundle beside what the profile brought.
#pragma once

#include <span>
#include <vector>

#include "agent/match/escalation/host_files.h"
#include "agent/match/escalation/trigger.h"

namespace konseki {

inline constexpr std::size_t kMostWanted = 500;  // of each reason

// The files of the triggers, what their processes hold open, their family (files of the same size,
// too, whose content nobody has read), start-up files of nobody (where the evidence has no package
// database: those of a day around), what the same account wrote in that hour, logs of the period.
// Most telling first, each once.
std::vector<WantedFile> wanted_around(const HostFiles& files, const Triggers& triggers,
                                      std::span<const Finding> findings);

}  // namespace konseki

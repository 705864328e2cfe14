// Registry sources of definitions as patterns for the registry collectors.
#pragma once

#include <string_view>
#include <vector>

#include "konseki/artifact.h"

namespace konseki {

// The keys of one definition with their variables expanded; %%users.sid%% becomes '*', since
// hives of users whose account is gone count too. CurrentControlSet, which only a running system
// has, becomes the set that was current.
std::vector<RegistryPattern> registry_patterns_of(const ArtifactDefinition& definition,
                                                  const KnowledgeBase& knowledge);

}  // namespace konseki

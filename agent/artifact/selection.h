// Which definitions a list of names stands for.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "konseki/artifact.h"

namespace konseki {

struct Selection {
  // Every definition reached that has a source other than a group for one of the systems; sorted
  // by name.
  std::vector<const ArtifactDefinition*> definitions;
  std::vector<std::string> unknown_names;   // as asked, in order
  std::vector<std::string> not_applicable;  // as asked: of another system only
};

// Expands names, aliases and groups (of any depth, cycles included) for the systems given.
Selection select_definitions(const DefinitionSet& definitions, std::span<const std::string> names,
                             const std::set<OperatingSystem>& systems);

// True when the source is meant for one of the systems.
bool applies_to_any(const ArtifactDefinition& definition, const ArtifactSource& source,
                    const std::set<OperatingSystem>& systems);

}  // namespace konseki

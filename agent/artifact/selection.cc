#include "agent/artifact/selection.h"

#include <algorithm>

namespace konseki {

bool applies_to_any(const ArtifactDefinition& definition, const ArtifactSource& source,
                    const std::set<OperatingSystem>& systems) {
  return std::any_of(systems.begin(), systems.end(),
                     [&](OperatingSystem os) { return definition.applies_to(source, os); });
}

Selection select_definitions(const DefinitionSet& definitions, std::span<const std::string> names,
                             const std::set<OperatingSystem>& systems) {
  Selection selection;
  std::set<const ArtifactDefinition*> seen;
  std::vector<const ArtifactDefinition*> pending;
  for (const std::string& name : names) {
    const ArtifactDefinition* definition = definitions.find(name);
    if (definition == nullptr) {
      selection.unknown_names.push_back(name);
      continue;
    }
    const bool applies = std::any_of(
        definition->sources.begin(), definition->sources.end(),
        [&](const auto& source) { return applies_to_any(*definition, source, systems); });
    if (!applies) selection.not_applicable.push_back(name);
    if (applies && seen.insert(definition).second) pending.push_back(definition);
  }
  while (!pending.empty()) {
    const ArtifactDefinition* definition = pending.back();
    pending.pop_back();
    bool leaf = false;
    for (const ArtifactSource& source : definition->sources) {
      if (!applies_to_any(*definition, source, systems)) continue;
      leaf = leaf || source.type != ArtifactType::kGroup;
      for (const std::string& name : source.names) {
        const ArtifactDefinition* member = definitions.find(name);
        if (member != nullptr && seen.insert(member).second) pending.push_back(member);
      }
    }
    if (leaf) selection.definitions.push_back(definition);
  }
  std::sort(selection.definitions.begin(), selection.definitions.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  return selection;
}

}  // namespace konseki

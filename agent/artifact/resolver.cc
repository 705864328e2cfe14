#include <algorithm>
#include <iterator>
#include <set>

#include "agent/artifact/evidence_links.h"
#include "agent/artifact/glob.h"
#include "agent/artifact/pattern_trie.h"
#include "agent/artifact/pattern_walk.h"
#include "agent/artifact/registry_patterns.h"
#include "agent/artifact/selection.h"
#include "agent/artifact/variables.h"
#include "agent/artifact/volume_patterns.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

// Our own definition of every hive; registry definitions bring it along.
constexpr std::string_view kHives = "KonsekiRegistryHives";
constexpr std::string_view kHome = "users.homedir";

OperatingSystem system_of(const VolumeInfo& volume) {
  return has_windows_paths(volume) ? OperatingSystem::kWindows : OperatingSystem::kLinux;
}

bool asks_registry(const Selection& selection) {
  for (const ArtifactDefinition* definition : selection.definitions) {
    for (const ArtifactSource& source : definition->sources) {
      if (!source.keys.empty() && definition->applies_to(source, OperatingSystem::kWindows)) {
        return true;
      }
    }
  }
  return false;
}

// True when wild cards stand for folders, or a globstar anywhere.
bool goes_deep(const ArtifactPath& path) {
  const std::string_view pattern = path.pattern;
  return path.recursive || pattern.find("**") != std::string_view::npos ||
         has_glob(pattern.substr(0, pattern.rfind('/')));
}

// What a path pattern stands for. Homes of system accounts join in only where the pattern does not
// go deep: "/**" below the home "/" would be the whole disk.
Expansion expand(const ArtifactPath& path, const KnowledgeBase& knowledge) {
  Expansion expansion = expand_variables(path.pattern, knowledge.variables);
  if (knowledge.system_homes.empty() || goes_deep(path)) return expansion;
  const auto used = variables_in(path.pattern);
  if (std::find(used.begin(), used.end(), kHome) == used.end()) return expansion;
  VariableValues values = knowledge.variables;
  values[std::string(kHome)] = knowledge.system_homes;
  Expansion more = expand_variables(path.pattern, values);
  std::move(more.texts.begin(), more.texts.end(), std::back_inserter(expansion.texts));
  expansion.truncated = expansion.truncated || more.truncated;
  return expansion;
}

PatternTrie compile(const Selection& selection, const KnowledgeBase& knowledge,
                    const VolumeInfo& volume, const ResolveOptions& options) {
  PatternTrie trie(volume.style == PathStyle::kWindows);
  VolumeInfo named = volume;
  if (auto prefix = options.prefixes.find(volume.mount); prefix != options.prefixes.end()) {
    named.mount = prefix->second;
  }
  const OperatingSystem os = system_of(volume);
  for (std::uint32_t i = 0; i < selection.definitions.size(); ++i) {
    const ArtifactDefinition& definition = *selection.definitions[i];
    for (const ArtifactSource& source : definition.sources) {
      if (!definition.applies_to(source, os)) continue;
      for (const ArtifactPath& path : source.paths) {
        const Expansion expansion = expand(path, knowledge);
        for (const std::string& pattern : expansion.texts) {
          add_pattern(trie, pattern, path, named, i, source.type == ArtifactType::kFile);
        }
        if (expansion.truncated && options.on_gap) {
          options.on_gap(volume, "",
                         Error{ErrorCode::kLimitExceeded,
                               definition.name + ": too many expansions of " + path.pattern,
                               {}});
        }
      }
    }
  }
  return trie;
}

void add_requests(const Selection& selection, const KnowledgeBase& knowledge,
                  const std::set<OperatingSystem>& systems, ResolvedPlan& plan) {
  for (const ArtifactDefinition* definition : selection.definitions) {
    if (systems.contains(OperatingSystem::kWindows)) {
      for (RegistryPattern& pattern : registry_patterns_of(*definition, knowledge)) {
        plan.registry_patterns.push_back(std::move(pattern));
      }
    }
    for (const ArtifactSource& source : definition->sources) {
      if (!applies_to_any(*definition, source, systems)) continue;
      if (source.type == ArtifactType::kCommand) {
        plan.commands.push_back({definition->name, source.arguments});
      } else if (source.type == ArtifactType::kWmi) {
        plan.wmi_queries.push_back({definition->name, source.query, source.base_object});
      }
    }
  }
}

// The definitions that the names in `core` stand for, by their number in `selection`.
std::set<std::uint32_t> core_numbers(const DefinitionSet& definitions, const Selection& selection,
                                     const std::set<OperatingSystem>& systems,
                                     std::span<const std::string> core) {
  const Selection chosen = select_definitions(definitions, core, systems);
  std::set<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < selection.definitions.size(); ++i) {
    if (std::find(chosen.definitions.begin(), chosen.definitions.end(), selection.definitions[i]) !=
        chosen.definitions.end()) {
      numbers.insert(i);
    }
  }
  return numbers;
}

}  // namespace

Result<ResolvedPlan> ArtifactResolver::resolve(std::span<const std::unique_ptr<FileSystem>> volumes,
                                               std::span<const std::string> names,
                                               const ResolveOptions& options) const {
  std::set<OperatingSystem> systems;
  for (const auto& volume : volumes) systems.insert(system_of(volume->info()));
  Selection selection = select_definitions(definitions_, names, systems);
  if (systems.contains(OperatingSystem::kWindows) && asks_registry(selection)) {
    std::vector<std::string> with_hives(names.begin(), names.end());
    with_hives.emplace_back(kHives);
    selection.definitions = select_definitions(definitions_, with_hives, systems).definitions;
  }

  ResolvedPlan plan;
  plan.unknown_names = selection.unknown_names;
  plan.not_applicable = selection.not_applicable;
  add_requests(selection, knowledge_, systems, plan);

  std::vector<PatternTrie> tries;
  for (const auto& volume : volumes) {
    tries.push_back(compile(selection, knowledge_, volume->info(), options));
  }
  KONSEKI_ASSIGN(WalkMatches matches, PatternWalk(volumes, tries, options).run());

  const std::set<std::uint32_t> core = core_numbers(definitions_, selection, systems, options.core);
  for (auto& [key, match] : matches) {
    ResolvedItem item;
    item.volume = std::get<0>(key);
    item.stream = std::get<2>(key);
    item.entry = std::move(match.entry);
    item.content = match.content;
    item.digest = match.digest;
    for (std::uint32_t number : match.artifacts) {
      item.artifacts.push_back(selection.definitions[number]->name);
      item.core = item.core || core.contains(number);
    }
    plan.items.push_back(std::move(item));
  }
  return plan;
}

}  // namespace konseki

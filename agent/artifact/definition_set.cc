#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "agent/artifact/definition_reader.h"
#include "agent/artifact/kape_target.h"
#include "agent/artifact/problem_reporter.h"
#include "agent/artifact/yaml_document.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

void read_text(const NamedText& text, std::vector<ArtifactDefinition>& definitions,
               std::vector<DefinitionProblem>& problems) {
  ProblemReporter reporter(text.name, problems);
  for (const YamlDocument& document : parse_yaml(text.text)) {
    if (!document.error.empty()) {
      reporter.set_subject("");
      reporter.error(document.error_line, document.error,
                     "YAML として読めません (" + document.error + ")");
      continue;
    }
    auto definition = is_kape_target(text.name) ? read_kape_target(document.root, reporter)
                                                : read_definition(document.root, reporter);
    if (definition) definitions.push_back(std::move(*definition));
  }
}

// Names the members of the first cycle that can be reached from `start`, or nothing. Depth-first
// with an explicit stack; every definition is finished once over all calls.
class CycleFinder {
 public:
  explicit CycleFinder(const DefinitionSet& set) : set_(set) {}

  std::string find(const ArtifactDefinition& start) {
    push(start);
    std::string cycle;
    while (!stack_.empty()) {
      Visit& top = stack_.back();
      if (top.next == top.members.size()) {
        state_[top.definition] = State::kDone;
        stack_.pop_back();
        continue;
      }
      const ArtifactDefinition* member = top.members[top.next++];
      const auto state = state_.find(member);
      if (state == state_.end()) {
        push(*member);
      } else if (state->second == State::kOpen && cycle.empty()) {
        cycle = describe(member);
      }
    }
    return cycle;
  }

 private:
  enum class State { kOpen, kDone };
  struct Visit {
    const ArtifactDefinition* definition;
    std::vector<const ArtifactDefinition*> members;
    std::size_t next = 0;
  };

  void push(const ArtifactDefinition& definition) {
    if (!state_.emplace(&definition, State::kOpen).second) return;
    Visit visit{&definition, {}, 0};
    for (const ArtifactSource& source : definition.sources) {
      for (const std::string& name : source.names) {
        if (const auto* member = set_.find(name)) visit.members.push_back(member);
      }
    }
    stack_.push_back(std::move(visit));
  }

  std::string describe(const ArtifactDefinition* closing) const {
    std::string text;
    bool inside = false;
    for (const Visit& visit : stack_) {
      inside = inside || visit.definition == closing;
      if (inside) text += visit.definition->name + " > ";
    }
    return text + closing->name;
  }

  const DefinitionSet& set_;
  std::unordered_map<const ArtifactDefinition*, State> state_;
  std::vector<Visit> stack_;
};

bool holds(const std::vector<std::string>& systems, OperatingSystem os) {
  if (systems.empty() || os == OperatingSystem::kUnknown) return true;
  const std::string_view name = os == OperatingSystem::kLinux ? "Linux" : "Windows";
  return std::find(systems.begin(), systems.end(), name) != systems.end();
}

}  // namespace

bool ArtifactDefinition::applies_to(OperatingSystem os) const { return holds(supported_os, os); }

bool ArtifactDefinition::applies_to(const ArtifactSource& source, OperatingSystem os) const {
  return holds(supported_os, os) && holds(source.supported_os, os);
}

std::size_t ArtifactDefinition::path_count() const {
  std::size_t count = 0;
  for (const ArtifactSource& source : sources) count += source.paths.size() + source.keys.size();
  return count;
}

std::vector<ArtifactType> ArtifactDefinition::types() const {
  std::set<ArtifactType> types;
  for (const ArtifactSource& source : sources) types.insert(source.type);
  return {types.begin(), types.end()};
}

std::string_view artifact_type_name(ArtifactType type) {
  switch (type) {
    case ArtifactType::kFile:
      return "FILE";
    case ArtifactType::kPath:
      return "PATH";
    case ArtifactType::kRegistryKey:
      return "REGISTRY_KEY";
    case ArtifactType::kRegistryValue:
      return "REGISTRY_VALUE";
    case ArtifactType::kWmi:
      return "WMI";
    case ArtifactType::kCommand:
      return "COMMAND";
    case ArtifactType::kGroup:
      break;
  }
  return "ARTIFACT_GROUP";
}

void DefinitionSet::add(std::span<const NamedText> texts) {
  std::vector<ArtifactDefinition> read;
  for (const NamedText& text : texts) read_text(text, read, reading_problems_);

  std::unordered_map<std::string_view, const ArtifactDefinition*> first;
  std::unordered_set<std::string_view> taken;  // names and aliases of the new set
  std::vector<ArtifactDefinition> fresh;
  for (const ArtifactDefinition& definition : read) {
    const auto [known, is_new] = first.emplace(definition.name, &definition);
    if (is_new) {
      taken.insert(definition.name);
      taken.insert(definition.aliases.begin(), definition.aliases.end());
      fresh.push_back(definition);
      continue;
    }
    ProblemReporter reporter(definition.file, reading_problems_);
    reporter.set_subject(definition.name);
    reporter.error(definition.line, "name is taken", "同じ名前の定義があります",
                   known->second->file + ":" + std::to_string(known->second->line));
  }
  // A newer set may rename a definition and keep the old name as an alias.
  std::erase_if(definitions_, [&](const auto& old) { return taken.contains(old.name); });
  for (ArtifactDefinition& old : definitions_) {
    std::erase_if(old.aliases, [&](const std::string& alias) { return taken.contains(alias); });
  }
  definitions_.insert(definitions_.end(), fresh.begin(), fresh.end());
  std::sort(definitions_.begin(), definitions_.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  link();
}

void DefinitionSet::link() {
  problems_ = reading_problems_;
  by_name_.clear();
  for (std::size_t i = 0; i < definitions_.size(); ++i) by_name_[definitions_[i].name] = i;
  auto reporter_for = [&](const ArtifactDefinition& definition) {
    ProblemReporter reporter(definition.file, problems_);
    reporter.set_subject(definition.name);
    return reporter;
  };
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    for (const std::string& alias : definitions_[i].aliases) {
      auto [known, fresh] = by_name_.emplace(alias, i);
      if (fresh || known->second == i) continue;
      reporter_for(definitions_[i])
          .error(definitions_[i].line, "alias is taken by " + definitions_[known->second].name,
                 "別名が " + definitions_[known->second].name + " と重複しています", alias);
    }
  }
  CycleFinder cycles(*this);
  for (const ArtifactDefinition& definition : definitions_) {
    for (const ArtifactSource& source : definition.sources) {
      for (const std::string& name : source.names) {
        if (find(name) != nullptr) continue;
        reporter_for(definition)
            .error(source.line, "group member does not exist", "グループの要素が存在しません",
                   name);
      }
    }
    if (const std::string cycle = cycles.find(definition); !cycle.empty()) {
      reporter_for(definition)
          .error(definition.line, "group holds itself", "グループが自分自身を含んでいます", cycle);
    }
  }
  std::stable_sort(problems_.begin(), problems_.end(), [](const auto& a, const auto& b) {
    return a.file != b.file ? a.file < b.file : a.line < b.line;
  });
}

const ArtifactDefinition* DefinitionSet::find(std::string_view name_or_alias) const {
  auto found = by_name_.find(name_or_alias);
  return found == by_name_.end() ? nullptr : &definitions_[found->second];
}

DefinitionSet load_definitions(std::span<const NamedText> texts) {
  DefinitionSet set;
  set.add(texts);
  return set;
}

}  // namespace konseki

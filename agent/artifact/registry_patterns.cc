#include "agent/artifact/registry_patterns.h"

#include "agent/artifact/variables.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr std::string_view kCurrent = "hkey_local_machine/system/currentcontrolset";

std::string with_real_control_set(std::string key, const KnowledgeBase& knowledge) {
  const std::string folded = fold_case(key);
  if (!folded.starts_with(kCurrent)) return key;
  if (folded.size() > kCurrent.size() && folded[kCurrent.size()] != '/') return key;
  const std::string set = knowledge.control_set.empty() ? "ControlSet*" : knowledge.control_set;
  return "HKEY_LOCAL_MACHINE/System/" + set + key.substr(kCurrent.size());
}

}  // namespace

std::vector<RegistryPattern> registry_patterns_of(const ArtifactDefinition& definition,
                                                  const KnowledgeBase& knowledge) {
  VariableValues values = knowledge.variables;
  values["users.sid"] = {"*"};
  const std::string set = knowledge.control_set.empty() ? "ControlSet*" : knowledge.control_set;
  values["current_control_set"] = {"HKEY_LOCAL_MACHINE/System/" + set};
  std::vector<RegistryPattern> patterns;
  for (const ArtifactSource& source : definition.sources) {
    if (!definition.applies_to(source, OperatingSystem::kWindows)) continue;
    for (const ArtifactRegistryKey& key : source.keys) {
      for (std::string& expanded : expand_variables(key.key, values).texts) {
        patterns.push_back(
            {definition.name, with_real_control_set(std::move(expanded), knowledge), key.value});
      }
    }
  }
  return patterns;
}

}  // namespace konseki

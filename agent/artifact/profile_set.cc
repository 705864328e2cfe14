#include <algorithm>
#include <map>
#include <set>

#include "agent/artifact/problem_reporter.h"
#include "agent/artifact/profile_reader.h"
#include "agent/artifact/yaml_document.h"
#include "konseki/artifact.h"

namespace konseki {
namespace {

using ProfileTexts = std::map<std::string, ProfileText>;

// The union of the profile's own list and those of every profile it includes, sorted. Cycles
// among includes do no harm: each profile is taken once.
void apply_includes(const ProfileTexts& texts, Profile& profile) {
  std::set<std::string> artifacts;
  std::set<std::string> core;
  std::set<std::string> taken;
  std::vector<std::string> pending{profile.name};
  while (!pending.empty()) {
    const std::string name = std::move(pending.back());
    pending.pop_back();
    auto found = texts.find(name);
    if (found == texts.end() || !taken.insert(name).second) continue;
    const ProfileText& text = found->second;
    artifacts.insert(text.profile.artifacts.begin(), text.profile.artifacts.end());
    core.insert(text.profile.core.begin(), text.profile.core.end());
    pending.insert(pending.end(), text.includes.begin(), text.includes.end());
  }
  profile.artifacts.assign(artifacts.begin(), artifacts.end());
  profile.core.assign(core.begin(), core.end());
}

void check_references(const ProfileTexts& texts, const ProfileText& text,
                      const DefinitionSet& definitions, std::vector<DefinitionProblem>& problems) {
  ProblemReporter reporter(text.profile.file, problems);
  reporter.set_subject(text.profile.name);
  auto check = [&](const std::string& name) {
    if (definitions.find(name) != nullptr) return;
    reporter.error(text.profile.line, "artifact does not exist", "アーティファクトが存在しません",
                   name);
  };
  for (const std::string& name : text.profile.artifacts) check(name);
  for (const std::string& name : text.profile.core) check(name);
  for (const std::string& name : text.includes) {
    if (texts.contains(name)) continue;
    reporter.error(text.profile.line, "included profile does not exist",
                   "includes のプロファイルが存在しません", name);
  }
}

}  // namespace

bool Profile::wants_collector(std::string_view collector) const {
  return collectors.empty() ||
         std::find(collectors.begin(), collectors.end(), collector) != collectors.end();
}

const Profile* ProfileSet::find(std::string_view name) const {
  auto found = std::find_if(profiles.begin(), profiles.end(),
                            [&](const Profile& profile) { return profile.name == name; });
  return found == profiles.end() ? nullptr : &*found;
}

ProfileSet load_profiles(std::span<const NamedText> texts, const DefinitionSet& definitions) {
  ProfileSet set;
  ProfileTexts by_name;
  for (const NamedText& text : texts) {
    ProblemReporter reporter(text.name, set.problems);
    for (const YamlDocument& document : parse_yaml(text.text)) {
      if (!document.error.empty()) {
        reporter.set_subject("");
        reporter.error(document.error_line, document.error,
                       "YAML として読めません (" + document.error + ")");
      } else if (auto read = read_profile(document.root, reporter)) {
        by_name.insert_or_assign(read->profile.name, std::move(*read));
      }
    }
  }
  for (const auto& [name, text] : by_name) {
    check_references(by_name, text, definitions, set.problems);
    Profile profile = text.profile;
    apply_includes(by_name, profile);
    set.profiles.push_back(std::move(profile));
  }
  return set;
}

}  // namespace konseki

// YARA rules of a rescue kit: into data.kon and out of it again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/kit/kit_data.h"
#include "agent/match/yara/rule_source.h"
#include "agent/match/yara/yara_rules.h"
#include "konseki/result.h"

namespace konseki {

// The rules that `paths` name (read_rule_files()) as members, with all that they include. `rules`
// are the same rules, compiled, to be counted and asked for problems.
struct PackedRules {
  std::vector<KitMember> members;
  std::shared_ptr<yara::YaraRules> rules;
};
Result<PackedRules> pack_rules(const std::vector<std::string>& paths);

// The rules of the kit in `folder`; `read_include` answers for their folders alone.
struct KitRules {
  std::vector<yara::RuleFile> files;
  yara::IncludeReader read_include;
};
Result<KitRules> read_kit_rules(const std::string& folder);

}  // namespace konseki

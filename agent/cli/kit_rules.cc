#include "agent/cli/kit_rules.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "agent/base/unicode.h"
#include "agent/cli/kit_folder.h"
#include "agent/cli/rule_files.h"

namespace konseki {
namespace {

// Every folder that rules may include from is a numbered one in the kit, so that names stay
// different and say nothing of the machine on which the kit was made.
class Folders {
 public:
  std::string numbered(const std::string& folder) {
    const auto [found, is_new] = numbers_.emplace(folder, numbers_.size());
    return fmt::format("{:04}/", found->second);
  }
  const std::map<std::string, std::size_t>& all() const { return numbers_; }

 private:
  std::map<std::string, std::size_t> numbers_;
};

}  // namespace

Result<PackedRules> pack_rules(const std::vector<std::string>& paths) {
  PackedRules out;
  KONSEKI_ASSIGN(std::vector<yara::RuleFile> files, read_rule_files(paths));
  Folders folders;
  std::set<std::string> names;
  const auto add = [&](std::string_view kind, const std::string& name, const std::string& text) {
    if (!names.insert(name).second) return;
    out.members.push_back({std::string(kind) + name, text});
  };
  for (const yara::RuleFile& file : files) {
    const std::string below = to_well_formed(file.name.substr(file.folder.size()));
    add(kKitRules, folders.numbered(file.folder) + below, file.bytes);
  }
  // Compiling asks for every file that is included, and once is enough for each.
  const auto included = std::make_shared<std::map<std::string, std::string>>();
  KONSEKI_ASSIGN(out.rules,
                 yara::YaraRules::load(
                     std::move(files), [included](const std::string& path) -> Result<std::string> {
                       KONSEKI_ASSIGN(std::string text, read_included_rules(path));
                       return included->insert_or_assign(path, std::move(text)).first->second;
                     }));
  for (const auto& [path, text] : *included) {
    for (const auto& [folder, number] : folders.all()) {
      if (!path.starts_with(folder)) continue;
      add(kKitIncludedRules, folders.numbered(folder) + to_well_formed(path.substr(folder.size())),
          text);
    }
  }
  return out;
}

Result<KitRules> read_kit_rules(const std::string& folder) {
  KitRules out;
  // Named by the file of the kit, for that is where the user finds them.
  const std::string base = std::string(kKitDataName) + "/";
  const auto texts = std::make_shared<std::map<std::string, std::string, std::less<>>>();
  KONSEKI_ASSIGN(auto rules, read_kit_members(folder, kKitRules));
  for (KitMember& member : rules) {
    const std::string name = member.name.substr(kKitRules.size());
    const std::string below = name.substr(0, name.find('/') + 1);
    texts->emplace(base + name, member.content);
    out.files.push_back({base + name, std::move(member.content), base + below});
  }
  KONSEKI_ASSIGN(auto included, read_kit_members(folder, kKitIncludedRules));
  for (KitMember& member : included) {
    texts->emplace(base + member.name.substr(kKitIncludedRules.size()), std::move(member.content));
  }
  out.read_include = [texts](const std::string& path) -> Result<std::string> {
    const auto found = texts->find(path);
    if (found == texts->end()) return fail(ErrorCode::kNotFound, path);
    return found->second;
  };
  return out;
}

}  // namespace konseki

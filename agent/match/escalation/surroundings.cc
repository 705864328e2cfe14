#include "agent/match/escalation/surroundings.h"

#include <algorithm>
#include <map>
#include <set>

#include "agent/match/startup_place.h"

namespace konseki {

std::vector<const HostFile*> files_of_writers(const HostFiles& files, const Triggers& triggers) {
  std::map<std::string, std::vector<Timestamp>> hours;  // writer -> when
  std::set<const HostFile*> known;
  for (const Trigger& each : triggers.all) {
    if (!each.file) continue;
    known.insert(each.file);
    if (each.file->modified) hours[each.file->owner].push_back(*each.file->modified);
  }
  std::vector<const HostFile*> out;
  if (hours.empty()) return out;
  for (const HostFile* file : files.in_order()) {
    const auto writer = hours.find(file->owner);
    if (writer == hours.end() || known.contains(file)) continue;
    if (is_near(writer->second, file->modified, kHour)) out.push_back(file);
  }
  return out;
}

std::vector<Relative> relatives_of(const HostFiles& files, const Triggers& triggers,
                                   std::span<const Finding> findings) {
  std::set<std::string> digests, rules;
  std::set<std::string> first;  // of each family: the others are told
  for (const Trigger& each : triggers.all) {
    if (each.kind == TriggerKind::kMiner) continue;
    bool fresh = false;
    if (!each.finding->sha256.empty()) fresh = digests.insert(each.finding->sha256).second;
    for (const Witness& witness : each.finding->witnesses) {
      if (witness.name.starts_with("yara.")) fresh = rules.insert(witness.name).second || fresh;
    }
    if (fresh) first.insert(place_key(each.finding->subject));
  }
  std::vector<Relative> out;
  std::set<std::string> told;
  for (const HostFile* file : digests.empty() ? std::vector<const HostFile*>{} : files.in_order()) {
    if (file->sha256.empty() || !digests.contains(file->sha256)) continue;
    const std::string key = place_key(file->address);
    if (!first.contains(key) && told.insert(key).second) out.push_back({file->address, {}});
  }
  for (const Finding& each : findings) {
    const std::string key = place_key(each.subject);
    if (each.matcher != "webshell" || first.contains(key) || told.contains(key)) continue;
    const auto rule =
        std::find_if(each.witnesses.begin(), each.witnesses.end(),
                     [&](const Witness& witness) { return rules.contains(witness.name); });
    if (rule != each.witnesses.end()) out.push_back({each.subject, rule->name});
  }
  return out;
}

std::vector<const HostFile*> startup_of_nobody(const HostFiles& files, bool& any) {
  any = false;
  std::vector<const HostFile*> out;
  for (const HostFile* file : files.in_order()) {
    if (!is_startup_place(file->address.path)) continue;
    any = true;
    if (file->of_nobody) out.push_back(file);
  }
  return out;
}

std::vector<const HostFile*> logs_of_period(const HostFiles& files,
                                            const std::vector<Timestamp>& times) {
  std::vector<const HostFile*> out;
  if (times.empty()) return out;
  const auto [first, last] = std::minmax_element(times.begin(), times.end());
  for (const HostFile* file : files.in_order()) {
    if (!is_log_place(file->address.path) || file->size == 0) continue;
    // The last line is about as old as the file; when the first one was written, only Windows says.
    if (!file->modified || file->modified->seconds < first->seconds - kHour) continue;
    if (file->created && file->created->seconds > last->seconds + kDay) continue;
    out.push_back(file);
  }
  return out;
}

}  // namespace konseki

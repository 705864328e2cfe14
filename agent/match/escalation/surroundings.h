// Surroundings: what lies near a grave finding, by writer, hour, content and place. Escalation
// tells of it, and collects it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/match/escalation/host_files.h"
#include "agent/match/escalation/trigger.h"

namespace konseki {

inline constexpr std::int64_t kHour = 3600;
inline constexpr std::int64_t kDay = 24 * kHour;

// Something of the same family as a webshell or a defaced page.
struct Relative {
  PathSpec address;
  std::string rule;  // the YARA rule that knows both; empty: the same content
};

// Other files that the account of a trigger's file wrote within an hour of it, by time.
std::vector<const HostFile*> files_of_writers(const HostFiles& files, const Triggers& triggers);
// The same bytes elsewhere, and what the same YARA rule knows, but for the first of each family.
std::vector<Relative> relatives_of(const HostFiles& files, const Triggers& triggers,
                                   std::span<const Finding> findings);
// Files in start-up places that no package owns. `any`: there are files in such places at all.
std::vector<const HostFile*> startup_of_nobody(const HostFiles& files, bool& any);
// Logs that may hold lines of the time from an hour before the first of `times` to a day after the
// last; by time. None without times.
std::vector<const HostFile*> logs_of_period(const HostFiles& files,
                                            const std::vector<Timestamp>& times);

}  // namespace konseki

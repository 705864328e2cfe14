// The story: one finding that tells, in order, how grave findings hang together and what lies near.
#pragma once

#include <span>

#include "agent/match/escalation/host_files.h"
#include "agent/match/escalation/start_entries.h"
#include "agent/match/escalation/trigger.h"
#include "agent/match/escalation/writer_traces.h"
#include "agent/match/webshell/site_evidence.h"
#include "konseki/finding.h"

namespace konseki {

// What a story is told from; nothing is owned.
struct StorySources {
  const webshell::SiteEvidence& site;
  const HostFiles& files;
  const StartEntries& start;
  const WriterTraces& traces;
};

// The finding, but for its evidence id; docs/matching.md lists its witnesses. `triggers` has one at
// least; `findings` are those of all matchers.
Finding story_of(const StorySources& sources, const Triggers& triggers,
                 std::span<const Finding> findings);

}  // namespace konseki

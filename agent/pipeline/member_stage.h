// MemberStage: shows the members of a container to the matchers as files of their own.
#pragma once

#include "agent/match/container/container.h"
#include "konseki/matcher.h"

namespace konseki {

class MatchStage;

// What was looked into, for the coverage; plain numbers of one container.
struct MemberCounts {
  std::uint64_t members = 0;
  std::uint64_t bytes = 0;
  std::uint64_t gaps = 0;
  std::uint64_t bundles = 0;  // of Konseki, each named by a note
};

// Every member of `file` is shown with its own digests, facts and address (PathSpec::members);
// those of bundles of ours (own_output.h) only with `open_bundles`. Does nothing when the content
// is no container. Thread-safe.
MemberCounts see_members(MatchStage& matches, const MatchFile& file, ByteReader& content,
                         const ContainerLimits& limits, bool open_bundles);

}  // namespace konseki

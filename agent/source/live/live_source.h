// The running system as a Source.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/source/live/local_tree.h"
#include "konseki/source.h"

namespace konseki {

struct LiveOptions {
  bool cross_all = false;                          // network and pseudo file systems too
  std::vector<std::string> outputs;                // where our output goes: tells our own media
  std::shared_ptr<const OwnFiles> own_files;       // left out; may grow meanwhile
  std::function<SnapshotChoice()> snapshots = {};  // Windows: asked where there are shadow copies
};

// Windows: a FileSystem each volume, read through its raw device under the same code as images, and
// through the system where that is not possible (no administrator rights, a file system that only
// Windows knows); shadow copies behind them. Linux: one FileSystem, mounted at "", that spans every
// local file system from "/" down. Media of the responder's own (see is_responder_medium) that hold
// this program or an output are left out. Mounts that belong to the host but are not entered are
// listed as unreadable().
Result<std::unique_ptr<Source>> open_live_source(const LiveOptions& options);

// Places that are skipped and might hold evidence (network shares, remote FUSE, automounts, what
// was excluded): what Source::unreadable() says of a tree whose root is shown as `mount`.
std::vector<UnreadableVolume> unreadable_of(std::span<const SkippedPlace> places,
                                            const std::string& mount);

// AccessTimeImpact in words, for Source::side_effects().
std::vector<Bilingual> side_effects_of(const AccessTimeImpact& impact);

}  // namespace konseki

// The shadow copies of a source's volumes, as volumes behind them.
#pragma once

#include "agent/source/image/image_source.h"
#include "agent/source/image/volumes.h"

namespace konseki {

// Call it when every volume has its final mount and place. Adds the chosen shadow copies, the
// newest of a volume first, as "$vss$/N": N counts the copies of all volumes, oldest first, whether
// chosen or not, so that it names the same copy whatever the choice. What cannot be opened is added
// to `volumes.unreadable`.
void open_shadow_copies(Volumes& volumes, const SnapshotAsker& ask);

}  // namespace konseki

// LVM2: the logical volumes on the physical volumes of a disk, through libvslvm.
#pragma once

#include <vector>

#include "agent/source/image/volumes.h"

namespace konseki {

// Adds a place for every logical volume that can be assembled from `physical` (in any order), and
// names the rest in `unreadable`.
void find_logical_volumes(const std::vector<Place>& physical, std::vector<Place>& places,
                          std::vector<UnreadableVolume>& unreadable);

}  // namespace konseki

// LVM2: the logical volumes on the physical volumes of a disk.
//
// Read here, not through libvslvm: the packaged version (20181227) corrupts its heap on a sound
// group of two physical volumes.
#pragma once

#include <vector>

#include "agent/source/image/volumes.h"

namespace konseki {

// Adds a place for every visible logical volume made of linear or striped segments whose physical
// volumes are all among `physical` (in any order), and names the others in `unreadable`.
void find_logical_volumes(const std::vector<Place>& physical, std::vector<Place>& places,
                          std::vector<UnreadableVolume>& unreadable);

}  // namespace konseki

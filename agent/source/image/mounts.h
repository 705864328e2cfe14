// Which display prefix each volume of an image gets, and in which order they come.
#pragma once

#include <vector>

#include "agent/source/image/volumes.h"

namespace konseki {

// The first volume with Windows/System32 is the system's. Its SYSTEM hive tells which letters the
// volumes of the disk had; where it does not say, that volume is "C:". Volumes without a letter are
// "$fs$/fsN", since to guess one would put evidence under a wrong name.
// Else the first with etc and one of bin, usr and var is the Linux root "", and others are mounted
// where its /etc/fstab says, or at "/$fs$/fsN".
// Without either, a volume that holds a copy of such a tree is taken for it, whatever its file
// system: a Windows tree on ext4 is "C:" and case-blind, a Linux tree on FAT is "" and tells case
// apart. A lone POSIX volume is ""; data volumes without any system are "$fs$/fsN" (Windows kinds)
// or "/$fs$/fsN".
// The system volume is moved to the front, and others with a letter follow it in that order.
void assign_mounts(std::vector<OpenedVolume>& volumes);

}  // namespace konseki

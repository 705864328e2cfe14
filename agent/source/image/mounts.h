// Which display prefix each volume of an image gets, and in which order they come.
#pragma once

#include <vector>

#include "agent/source/image/volumes.h"

namespace konseki {

// The first volume with Windows/System32 is "C:", and the others then are "$fs$/fsN". Else the
// first with etc and one of bin, usr and var is the Linux root "", and others are mounted where
// its /etc/fstab says, or at "/$fs$/fsN". A lone POSIX volume is ""; data volumes without any
// system are "$fs$/fsN" (Windows kinds) or "/$fs$/fsN". The system volume is moved to the front.
void assign_mounts(std::vector<OpenedVolume>& volumes);

}  // namespace konseki

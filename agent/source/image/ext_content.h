// The bytes of a file on ext2/3/4.
//
// Not through The Sleuth Kit: on a damaged block map it collects runs without bound (a 2 MB image
// kept it busy for minutes).
#pragma once

#include <memory>
#include <string>

#include "agent/source/image/ext_volume.h"

namespace konseki {

// A reader that knows holes. `inode` is a regular file; `label` is how errors call it. Must not
// outlive `volume`. `runs` answers where the content lies, for checks on deleted files.
Result<std::unique_ptr<ByteReader>> open_ext_content(ExtVolume& volume, const ExtInode& inode,
                                                     std::string label, std::vector<ExtRun>& runs);

}  // namespace konseki

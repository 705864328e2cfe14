// ext2/3/4, decoded here; The Sleuth Kit accepts the volume and tells which blocks are free. The
// library alone replaces bytes of names that are not UTF-8, lists slower, and does not bound its
// work on damaged block maps.
#pragma once

#include <memory>

#include "agent/source/image/tsk_file_system.h"

namespace konseki {

// `metadata` is a reader of the volume of its own. kCorrupt when the superblock is unsound.
Result<std::unique_ptr<MountableFileSystem>> make_ext_file_system(
    TskMount mount, VolumeInfo info, std::unique_ptr<ByteReader> metadata);

}  // namespace konseki

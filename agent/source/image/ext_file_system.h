// ext2/3/4: metadata decoded here, content through The Sleuth Kit. The library alone replaces
// bytes of names that are not UTF-8 and lists slower.
#pragma once

#include <memory>

#include "agent/source/image/tsk_file_system.h"

namespace konseki {

// `metadata` is a reader of the volume of its own. kCorrupt when the superblock is unsound.
Result<std::unique_ptr<MountableFileSystem>> make_ext_file_system(
    TskMount mount, VolumeInfo info, std::unique_ptr<ByteReader> metadata);

}  // namespace konseki

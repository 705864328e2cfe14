// NTFS: metadata decoded here in one pass over the MFT, content through The Sleuth Kit.
//
// The library alone drops what a responder needs (attribute bits, reparse points, ill-formed
// names) and takes several times as long to list a volume.
#pragma once

#include <memory>

#include "agent/source/image/tsk_file_system.h"

namespace konseki {

// `metadata` is a reader of the volume of its own. kCorrupt when the MFT cannot be read.
Result<std::unique_ptr<MountableFileSystem>> make_ntfs_file_system(
    TskMount mount, VolumeInfo info, std::unique_ptr<ByteReader> metadata);

}  // namespace konseki

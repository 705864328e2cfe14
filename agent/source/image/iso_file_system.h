// ISO 9660 with Rock Ridge or Joliet names.
#pragma once

#include "agent/source/image/tsk_file_system.h"

namespace konseki {

// Reads names, times, modes and links of Rock Ridge where the disc has it, else Joliet names, else
// the plain ones. The Sleuth Kit reads no Rock Ridge names of discs without Joliet and takes times
// in the time zone of the machine it runs on; so this reader is our own. Interleaved files and
// zisofs content answer Unsupported. kCorrupt without a primary descriptor.
Result<std::unique_ptr<MountableFileSystem>> make_iso_file_system(
    VolumeInfo info, std::unique_ptr<ByteReader> volume);

// Does the disc hold a UDF file system as well? Its files may be others than those of ISO 9660.
bool has_udf_bridge(ByteReader& volume);

}  // namespace konseki

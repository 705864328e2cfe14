// Raw disks and volumes of Windows: "\\.\C:", "\\.\PhysicalDrive0", "\\?\Volume{...}".
#pragma once

#include <memory>
#include <string>

#include "agent/source/live/block_device.h"
#include "konseki/byte_reader.h"
#include "konseki/result.h"

namespace konseki {

// Opened for reading, shared with everybody, past the file system and its locks. The size is that
// of the device, else (as under wine) of what stands for it, else what the boot sector says.
// kPermissionDenied without administrator rights; kNotFound where there is no such device.
Result<std::unique_ptr<BlockDevice>> open_raw_device(const std::string& name);

// The same as bytes, in spite of bad sectors and alignment (SectorReader).
Result<std::unique_ptr<ByteReader>> open_raw_medium(const std::string& name);

}  // namespace konseki

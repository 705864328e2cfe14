// Label, serial and UUID of a volume from its boot sector or superblock.
#pragma once

#include <string>
#include <string_view>

#include "konseki/byte_reader.h"

namespace konseki {

struct VolumeLabel {
  std::string label;   // UTF-8 as far as it is; may be empty
  std::string serial;  // Windows: "1A2B-3C4D"; others: the UUID
  std::string uuid;    // as /etc/fstab writes UUID=: differs from serial on NTFS only
};

// `type` as in VolumeInfo::type. Unknown types and damage give empty fields.
VolumeLabel read_volume_label(ByteReader& volume, std::string_view type);

}  // namespace konseki

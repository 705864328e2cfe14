// Drive letters as the host's own registry gave them to the volumes of its disks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/file_system.h"

namespace konseki {

// A value \DosDevices\X: of HKLM\SYSTEM\MountedDevices. Basic volumes are told by where they lie:
// on MBR disks 12 bytes (disk signature, offset of the partition in bytes), on GPT disks "DMIO:ID:"
// and the partition's GUID. Names of removable drives are of no use for an image.
struct DriveLetter {
  char letter = 'C';           // upper case
  std::string disk_signature;  // MBR: 8 lower-case hex digits, as in Linux's PARTUUIDs; or empty
  std::uint64_t offset = 0;    // MBR: bytes from the start of the disk
  std::string partition_id;    // GPT: lower-case GUID; or empty

  // Is this the volume of that PARTUUID (Partition::unique_id) at that offset?
  bool names(std::string_view unique_id, std::uint64_t volume_offset) const;
};

// The letters that the SYSTEM hive of a Windows system volume knows, by letter. Empty where the
// hive is absent, damaged or says nothing: then letters are simply not known.
std::vector<DriveLetter> read_drive_letters(FileSystem& system_volume);

}  // namespace konseki

// Opens what lies in one stretch of a disk as a file system, or says why not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/source/image/disk.h"
#include "agent/source/image/tsk_file_system.h"
#include "konseki/source.h"

namespace konseki {

// Makes a fresh reader of the same volume; each user of its bytes takes one.
using VolumeOpener = std::function<std::unique_ptr<ByteReader>()>;

// A place that may hold a file system: a partition, the whole disk, a logical volume.
struct Place {
  std::string name;         // "partition 2", "logical volume vg0/root"
  std::string description;  // the partition table's words; may be empty
  std::string unique_id;    // PARTUUID; may be empty
  std::string
      device_name;  // logical volumes: "/dev/mapper/vg0-root" as /etc/fstab has it; else empty
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  VolumeOpener open;
};

struct OpenedVolume {
  std::unique_ptr<MountableFileSystem> file_system;
  std::string uuid;  // for /etc/fstab
  std::string unique_id;
  std::string device_name;
  VolumeOpener open;
};

struct Volumes {
  std::vector<OpenedVolume> opened;
  std::vector<UnreadableVolume> unreadable;
  std::vector<VolumeDetail> details;
};

// Adds what `place` holds (an APFS container may hold several volumes).
void open_place(const Place& place, Volumes& volumes);

// The same of a BitLocker volume, with what it says of itself: how it is encrypted, what unlocks
// it.
UnreadableVolume locked_volume(const Place& place, std::string detail);

// Names a volume that cannot be read, with the way forward.
UnreadableVolume unreadable_volume(const Place& place, std::string_view type, std::string detail);

}  // namespace konseki

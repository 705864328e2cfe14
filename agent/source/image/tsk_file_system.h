// A volume listed and read through The Sleuth Kit alone: FAT, exFAT, HFS+, APFS, ISO 9660, UFS.
#pragma once

#include <memory>

#include "agent/base/handles/tsk.h"
#include "konseki/file_system.h"

namespace konseki {

// Everything of the library one FileSystem needs; destroyed in the right order.
struct TskMount {
  std::shared_ptr<const void> container;  // what the image depends on (an APFS pool), or null
  TskImage image;                         // null when the container owns the image
  TskVolume volume;
};

// A file system made by this room, whose display prefix and style may change before it is used.
class MountableFileSystem : public FileSystem {
 public:
  explicit MountableFileSystem(VolumeInfo info) : info_(std::move(info)) {}
  const VolumeInfo& info() const override { return info_; }
  void set_mount(std::string mount) { info_.mount = std::move(mount); }
  void set_style(PathStyle style) { info_.style = style; }

 private:
  VolumeInfo info_;
};

std::unique_ptr<MountableFileSystem> make_tsk_file_system(TskMount mount, VolumeInfo info);

}  // namespace konseki

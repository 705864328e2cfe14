// Where the output may lie: not on what is being examined.
#pragma once

#include <string>

#include "konseki/result.h"
#include "konseki/text.h"

namespace konseki {

struct OutputPlacement {
  bool allowed = true;
  std::string mount_point;  // of the volume the output would be written to
  std::string device;       // as the system names it: "/dev/sdb1"
  std::string type;         // "vfat"
  Bilingual reason;         // why not, and what to do; empty when allowed
};

// Judges a path that is to be written, which need not exist yet, against the source at `location`
// ("" = the live host).
//
// Live host: every local file system is examined, memory ones (tmpfs) too, so the output may not
// go there. Allowed are network shares and the responder's own medium: a local, disk-backed mount
// other than the root and with a device of its own, that is
//   - mounted at or below /media, /run/media or /mnt, or
//   - removable or attached by USB, or
//   - the one this program runs from, unless mounted at a directory of the system (/usr, /home...).
// Directory: the output may not lie inside it, nor on the same volume where the directory is a
// mounted volume. Block device: not on it or its partitions. Image or bundle: anywhere else.
//
// Fails only when the mounts of this machine cannot be read.
Result<OutputPlacement> check_output_placement(const std::string& output,
                                               const std::string& location);

}  // namespace konseki

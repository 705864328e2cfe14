// Which mounts are the responder's own media, and whether output may go to a path.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/source/live/linux/mount_table.h"
#include "agent/source/live/output_placement.h"

namespace konseki {

// What the judgement rests on; tests make their own.
struct MachineMedia {
  std::vector<Mount> mounts;
  std::string executable;                        // absolute path of this program; may be ""
  std::function<bool(std::uint64_t)> removable;  // device: removable, or attached by USB
  // True when the first device is the second or a partition of it.
  std::function<bool(std::uint64_t, std::uint64_t)> part_of;
};

Result<MachineMedia> this_machines_media();

// The rule of output_placement.h.
bool is_responder_medium(const MachineMedia& media, const Mount& mount);

// `output` and `directory` are absolute and without links.
OutputPlacement place_for_live(const MachineMedia& media, const std::string& output);
OutputPlacement place_for_directory(const MachineMedia& media, const std::string& output,
                                    const std::string& directory);
OutputPlacement place_for_device(const MachineMedia& media, const std::string& output,
                                 std::uint64_t device);

}  // namespace konseki

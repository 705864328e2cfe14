// VolumeSet: finds the volume and the path inside it that a display path speaks of.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "konseki/file_system.h"

namespace konseki {

struct VolumePath {
  FileSystem* file_system = nullptr;
  std::string path;  // in the form of Entry::path
};

// The volume whose mount is the longest whole-segment prefix of `display_path` (case-blind for
// Windows volumes); nothing when no volume answers for it.
std::optional<VolumePath> find_volume(std::span<const std::unique_ptr<FileSystem>> volumes,
                                      std::string_view display_path);

// The file a display path leads to when the links of the evidence are followed, never this
// machine's; NotFound when it leads nowhere, LimitExceeded in a loop of links.
Result<std::pair<FileSystem*, Entry>> follow_links(
    std::span<const std::unique_ptr<FileSystem>> volumes, std::string display_path);

}  // namespace konseki

// Which volumes of a running Windows are read, in which order and how: pure, apart from Windows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "konseki/source.h"

namespace konseki {

enum class DriveKind { kUnknown, kFixed, kRemovable, kNetwork, kOptical, kMemory };

// What Windows says of one volume. Plain value; unknown facts stay empty.
struct HostVolume {
  std::string device;  // to open it raw: "\\.\C:", "\\?\Volume{...}"; empty for network drives
  char letter = 0;     // upper case; 0 without one
  std::string folder;  // to read it through the system: "C:/", "\\?\Volume{...}\"
  DriveKind kind = DriveKind::kUnknown;
  std::string file_system;  // "NTFS", "ReFS", ...; empty: not ready, locked or unformatted
  std::string remote;       // network drives: "\\server\share"
  std::optional<std::uint32_t> disk;  // number of the physical disk, where it lies on one alone
  std::uint64_t offset = 0;           // on it, bytes
  bool system = false;                // Windows itself lies there
  bool own = false;                   // the responder's: holds this program or its output
};

struct VolumePlan {
  struct Item {
    HostVolume volume;
    std::string mount;  // "C:", "$fs$/fs0"
  };
  std::vector<Item> items;  // the system volume first, then by letter, then the rest
  std::vector<UnreadableVolume> unreadable;  // network drives, unless they were asked for
};

// The responder's own medium is left out, and drives without a medium. Volumes without a letter are
// named "$fs$/fsN" in the order of disk and offset, as in an image of the disk.
VolumePlan plan_volumes(std::vector<HostVolume> volumes, bool cross_all);

// What the run changed or may have changed on the host by being there.
struct WindowsFootprint {
  std::string executable;                  // shown path of this program
  bool executable_on_host = false;         // on a volume that was examined
  std::vector<std::string> devices;        // opened raw
  std::vector<std::string> privileges;     // switched on in our own token
  std::uint64_t files_through_system = 0;  // opened by the API: their access times may change
  std::vector<std::string> trees_through_system;  // mounts listed and read by the API as a whole
};

std::vector<Bilingual> side_effects_of(const WindowsFootprint& footprint);

}  // namespace konseki

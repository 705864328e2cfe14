// Reparse points [MS-FSCC 2.1.2]: what kind, and where links lead.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "konseki/file_system.h"

namespace konseki {

namespace reparse {
inline constexpr std::uint32_t kMountPoint = 0xa0000003;  // junctions
inline constexpr std::uint32_t kSymlink = 0xa000000c;
inline constexpr std::uint32_t kLinuxSymlink = 0xa000001d;
inline constexpr std::uint32_t kAppExecLink = 0x8000001b;
inline constexpr std::uint32_t kCompressed = 0x80000017;  // WOF: CompactOS
}  // namespace reparse

struct NtfsReparse {
  std::uint32_t tag = 0;
  std::string target;                  // WTF-8; empty when the kind has none
  FileType type = FileType::kUnknown;  // what the point makes of the file; unknown: as it was
};

// Nothing when the data is too short to hold a tag.
std::optional<NtfsReparse> decode_reparse(std::span<const std::byte> data);

// Cloud files (OneDrive and other sync engines): 0x9000x01A.
bool is_cloud_tag(std::uint32_t tag);

}  // namespace konseki

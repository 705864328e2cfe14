// Source: one body of evidence, opened read-only by type.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "konseki/file_system.h"
#include "konseki/host.h"
#include "konseki/host_commands.h"
#include "konseki/live_host.h"
#include "konseki/process_memory.h"
#include "konseki/text.h"

namespace konseki {

enum class SourceKind { kLive, kDirectory, kImage, kBundle };

std::string_view source_kind_name(SourceKind kind);  // "live", "directory", "image", "bundle"

struct SourceInfo {
  SourceKind kind = SourceKind::kLive;
  std::string location;    // as the user gave it; "live" for the host itself
  std::string format;      // image: "raw", "ewf", ...; directory: "tree", "uac", "kape", ...
  std::uint64_t size = 0;  // bytes of the medium; 0 when that has no meaning
};

// Which shadow copies of its volumes a source shows, each as a FileSystem of its own.
enum class SnapshotChoice { kNone, kNewest, kAll };

// What a source knows of one of its volumes beyond VolumeInfo; only where there is something.
struct VolumeDetail {
  std::string mount;            // VolumeInfo::mount of the volume
  std::string encryption;       // of the volume on its disk: "bitlocker, unlocked: ..."
  std::uint32_t snapshots = 0;  // shadow copies that it keeps, shown by the source or not
  // Of a shadow copy, mounted at "$vss$/N": its id (lower-case GUID), the mount of the volume it is
  // of, and when it was made. Paths that name that volume mean the copy, inside it.
  std::string snapshot;
  std::string snapshot_of;
  std::optional<Timestamp> snapshot_time;
};

// The detail of the volume mounted there; null when there is none.
inline const VolumeDetail* find_detail(std::span<const VolumeDetail> details,
                                       std::string_view mount) {
  for (const VolumeDetail& detail : details) {
    if (detail.mount == mount) return &detail;
  }
  return nullptr;
}

// The shadow copy among them that is mounted there; null for any other volume.
inline const VolumeDetail* find_snapshot(std::span<const VolumeDetail> details,
                                         std::string_view mount) {
  const VolumeDetail* detail = find_detail(details, mount);
  return detail == nullptr || detail->snapshot.empty() ? nullptr : detail;
}

// A volume that is there but cannot be read, and the way forward. Never an error of the run.
struct UnreadableVolume {
  std::string name;  // "partition 2"
  std::string type;  // "xfs", "btrfs", "refs", "bitlocker", "luks", "unknown"
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::string detail;
  Bilingual advice;
};

// What a disk or volume would not give while it was read; the bytes read as zeros.
struct MediumDamage {
  std::string medium;  // "\\\\.\\C:", "disk.raw"
  std::uint32_t sector_size = 512;
  std::vector<ByteRange> ranges;  // bytes of the medium, whole sectors, in order
  bool gone = false;              // it disappeared during the run: nothing could be read after
};

// Owns its file systems. Not thread-safe, but different FileSystems may be used by different
// threads at the same time.
class Source {
 public:
  virtual ~Source() = default;

  virtual const SourceInfo& info() const = 0;
  // System volume first, then in order of offset or mount; shadow copies behind all volumes, the
  // newest of a volume first.
  virtual std::span<const std::unique_ptr<FileSystem>> file_systems() = 0;
  virtual std::span<const UnreadableVolume> unreadable() const = 0;
  virtual std::span<const VolumeDetail> details() const { return {}; }
  // The running system's volatile side; null unless this is the live host.
  virtual LiveHost* live() { return nullptr; }
  // The running system's programs; null unless this is the live host of a system where running
  // them is supported.
  virtual HostCommands* commands() { return nullptr; }
  // The memory of the running system's processes; null unless this is the live host.
  virtual ProcessMemory* memory() { return nullptr; }
  // What reading has changed, or may have changed, in the evidence so far (access times on a live
  // system): for the custody record. Empty when nothing.
  virtual std::vector<Bilingual> side_effects() const { return {}; }
  // Where the media failed so far.
  virtual std::vector<MediumDamage> damage() const { return {}; }
  // What an earlier run recorded of the host; only bundles know.
  virtual std::optional<HostFacts> recorded_host() const { return std::nullopt; }
};

}  // namespace konseki

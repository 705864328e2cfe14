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

// A volume that is there but cannot be read, and the way forward. Never an error of the run.
struct UnreadableVolume {
  std::string name;  // "partition 2"
  std::string type;  // "xfs", "btrfs", "refs", "bitlocker", "luks", "unknown"
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::string detail;
  Bilingual advice;
};

// Owns its file systems. Not thread-safe, but different FileSystems may be used by different
// threads at the same time.
class Source {
 public:
  virtual ~Source() = default;

  virtual const SourceInfo& info() const = 0;
  // System volume first, then in order of offset or mount.
  virtual std::span<const std::unique_ptr<FileSystem>> file_systems() = 0;
  virtual std::span<const UnreadableVolume> unreadable() const = 0;
  // The running system's volatile side; null unless this is the live host.
  virtual LiveHost* live() { return nullptr; }
  // The running system's programs; null unless this is the live host of a system where running
  // them is supported.
  virtual HostCommands* commands() { return nullptr; }
  // What reading has changed, or may have changed, in the evidence so far (access times on a live
  // system): for the custody record. Empty when nothing.
  virtual std::vector<Bilingual> side_effects() const { return {}; }
  // What an earlier run recorded of the host; only bundles know.
  virtual std::optional<HostFacts> recorded_host() const { return std::nullopt; }
};

}  // namespace konseki

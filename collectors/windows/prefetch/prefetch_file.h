// Windows prefetch files, format versions 17 (XP), 23 (Vista, 7), 26 (8), 30 and 31 (10, 11),
// plain or compressed (MAM). Layout as documented by the libscca project.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki::windows {

struct PrefetchVolume {
  std::string device_path;  // "\VOLUME{01d0...-serial}" or "\DEVICE\HARDDISKVOLUME1"
  std::uint32_t serial = 0;
  std::optional<Timestamp> created;
};

struct PrefetchFile {
  std::uint32_t version = 0;
  std::string executable;  // at most 29 characters, as Windows keeps it
  std::uint32_t hash = 0;  // of the executable's path (and for some hosts, its arguments)
  std::uint32_t run_count = 0;
  std::vector<Timestamp> last_runs;  // newest first as stored; empty slots left out
  std::vector<PrefetchVolume> volumes;
  std::vector<std::string> files;  // what it opened in its first seconds, as device paths
  std::string damage;              // what could not be read; empty when all could
};

// kCorrupt when the bytes are no prefetch file (or do not expand to one), kUnsupported for a
// version unknown here. Damage behind the header is told in `damage`.
Result<PrefetchFile> parse_prefetch(std::span<const std::byte> bytes);

// The full device path of the executable, from the list of files; "" when it is not in it.
std::string executable_path(const PrefetchFile& prefetch);

}  // namespace konseki::windows

// Transaction logs of registry hives (.LOG1, .LOG2) and what a hive is with them replayed.
//
// The format is that of Windows 8.1 and later: a base block, then entries ("HvLE") of whole
// sectors. Logs of older systems ("DIRT") are recognised and not replayed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/base/registry_header.h"
#include "konseki/byte_reader.h"

namespace konseki {

// Sectors that the logs give for a hive. A plain value; owns its bytes.
struct HiveChanges {
  static constexpr std::size_t kSector = 512;

  std::array<std::byte, kHiveHeaderSize> header{};         // as it would be after recovery
  std::uint64_t size = 0;                                  // of the whole file after recovery
  std::unordered_map<std::uint64_t, std::size_t> sectors;  // number in the file -> place in `bytes`
  std::vector<std::byte> bytes;
  std::size_t entries = 0;          // log entries applied; 0: nothing could be
  std::uint32_t last_sequence = 0;  // of the last one
  std::string note;                 // why entries, or all of a log, were not applied; may be ""
};

// Which entries of `logs` (whole files, in any order) belong to the hive with this header and
// size, by the rules Windows follows: sequence numbers without a gap, both hashes right, from the
// base block on that is valid. Pure. What is damaged ends the replay at that entry, as Windows
// does. At most `max_size` bytes of hive result.
HiveChanges replay_hive_logs(std::span<const std::byte> hive_header, std::uint64_t hive_size,
                             std::span<const std::span<const std::byte>> logs,
                             std::uint64_t max_size);

// A hive as it is with its changes; the file behind it stays as it is. Keeps references to both.
class ReplayedHive : public ByteReader {
 public:
  ReplayedHive(ByteReader& hive, const HiveChanges& changes) : hive_(hive), changes_(changes) {}

  std::uint64_t size() const override { return changes_.size; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  ByteReader& hive_;
  const HiveChanges& changes_;
};

}  // namespace konseki

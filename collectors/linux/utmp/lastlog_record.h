// Records of lastlog(5): a sparse array indexed by uid.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "konseki/time.h"

namespace konseki {

struct LastlogLayout {
  std::size_t size = 292;  // 292: 32-bit time; 296: 64-bit (arm64, s390x, ...)
  bool big_endian = false;
};

constexpr auto kLastlogLayouts =
    std::to_array<LastlogLayout>({{292, false}, {296, false}, {296, true}, {292, true}});

struct LastlogRecord {
  Timestamp time;
  std::string line;
  std::string host;
  bool blank = false;   // this account never logged in
  std::string problem;  // why this can be no true record; empty when sound
};

LastlogRecord read_lastlog_record(std::span<const std::byte> bytes, const LastlogLayout& layout);

// How many records of `run`, which begins `offset` bytes into the file, are sound and how many
// are not, under `layout`. Blank ones count for neither.
struct LastlogScore {
  std::size_t sound = 0;
  std::size_t unsound = 0;
};
LastlogScore score_lastlog(std::span<const std::byte> run, std::uint64_t offset,
                           const LastlogLayout& layout);

}  // namespace konseki

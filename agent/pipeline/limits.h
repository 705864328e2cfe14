// The bounds of one run, as the user set them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace konseki {

struct Limits {
  std::uint64_t max_file_size = std::uint64_t{1} << 30;  // bytes a file; core artifacts are exempt
  std::optional<std::uint64_t> max_total_size;           // bytes of content, before compression
  std::optional<std::chrono::seconds> max_time;
  std::uint64_t max_memory = std::uint64_t{160} << 20;  // bytes, of buffers in flight
  unsigned workers = 2;
  unsigned cpu_percent = 100;  // of all processors; 1 to 100
};

// Files up to this many bytes are held in memory whole.
inline std::uint64_t whole_file_limit(const Limits& limits) {
  return std::clamp<std::uint64_t>(limits.max_memory / 8, 1 << 20, 32 << 20);
}

}  // namespace konseki

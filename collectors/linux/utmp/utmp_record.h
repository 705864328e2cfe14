// Records of utmp(5) files, in each of the forms that glibc writes on Linux.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "konseki/time.h"

namespace konseki {

// The form depends on the machine that wrote the file, and the file does not say which it was.
struct UtmpLayout {
  std::size_t size = 384;   // 384: 32-bit times (x86, x86-64, 32-bit Arm); 400: 64-bit (arm64, ...)
  bool big_endian = false;  // s390x, old PowerPC
};

constexpr auto kUtmpLayouts =
    std::to_array<UtmpLayout>({{384, false}, {400, false}, {400, true}, {384, true}});

struct UtmpRecord {
  std::uint16_t type = 0;
  std::uint32_t process = 0;
  std::string line;
  std::string id;
  std::string user;
  std::string host;
  std::int16_t termination = 0;
  std::int16_t exit_status = 0;
  std::uint64_t session = 0;
  std::optional<Timestamp> time;           // absent when zero or out of any sensible range
  std::array<std::uint8_t, 16> address{};  // network order; IPv4 in the first four bytes
  bool blank = false;                      // every byte is zero
  std::string problem;                     // why this can be no true record; empty when sound
};

// `bytes` holds exactly layout.size bytes.
UtmpRecord read_utmp_record(std::span<const std::byte> bytes, const UtmpLayout& layout);

// "user_process", ...; "unknown" for numbers that <utmp.h> does not define.
const char* utmp_type_name(std::uint16_t type);

// The layout under which most records of the sample make sense; nothing when none do. A sample of
// zeros only is of the first layout whose size divides its length.
std::optional<UtmpLayout> guess_utmp_layout(std::span<const std::byte> sample);

}  // namespace konseki

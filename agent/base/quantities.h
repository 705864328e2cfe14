// Sizes, durations and rates as people type and read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace konseki {

// "4096", "64K", "10 MiB", "2g", "1T" (powers of 1024; B and iB may follow; case-blind); nothing
// when it is none of these or does not fit.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "90", "90s", "30 m", "2h"; nothing when it is none of these or does not fit.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

// "1.4 GiB", "312 KiB", "17 B".
std::string size_text(std::uint64_t bytes);

}  // namespace konseki

// Names of the parts of one file that a volume cannot hold in one piece (FAT32 ends at 4 GiB).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace konseki {

inline constexpr std::uint32_t kMostParts = 999;

// The name of part `number` (from 1): the first has the file's own name, NAME.002 follows, so that
// `cat NAME*` joins them in order. A ".partial" at the end of NAME stays at the end.
std::string part_path(std::string_view first, std::uint32_t number);

// The name of the first part when `path` is called like a later one, else nothing.
std::optional<std::string> first_part_of(std::string_view path);

}  // namespace konseki

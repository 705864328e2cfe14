// The size of a volume by its own boot sector.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace konseki {

// NTFS, BitLocker, exFAT and FAT boot sectors count the sectors of their volume. Nothing where the
// sector is of no such kind. For devices that do not tell their size.
std::optional<std::uint64_t> boot_sector_size(std::span<const std::byte> sector);

}  // namespace konseki

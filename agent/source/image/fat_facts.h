// What a FAT or exFAT directory entry says beyond what The Sleuth Kit passes on: the attribute
// bits, times to 10 ms, exFAT's offsets from UTC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "konseki/file_system.h"

namespace konseki {

struct FatFacts {
  std::uint32_t attributes = 0;
  FileTimes times;
};

inline constexpr std::size_t kFatEntrySize = 32;

// Decodes one 32-byte entry: short-name entries of FAT [MS-FATFS 6], file entries (0x85) of exFAT
// [MS-EXFAT 7.4]. FAT times carry no zone and are taken as UTC, so that results do not depend on
// the machine the examination runs on. Nothing when the bytes are no such entry.
std::optional<FatFacts> decode_fat_entry(std::span<const std::byte, kFatEntrySize> entry,
                                         bool exfat);

// Where the directory entries that The Sleuth Kit numbers from 3 start: bytes from the start of
// the volume, by its boot sector. Nothing when that is damaged.
std::optional<std::uint64_t> fat_entries_offset(std::span<const std::byte, 512> boot_sector,
                                                bool exfat);

}  // namespace konseki

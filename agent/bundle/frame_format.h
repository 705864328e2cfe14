// Constants of the container: zstd frames followed by two skippable frames, docs/bundle-format.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace konseki {

// Most content bytes of one frame; all but the last hold as many.
inline constexpr std::size_t kFrameContent = 4 * 1024 * 1024;

inline constexpr std::uint32_t kZstdMagic = 0xFD2FB528;

// A skippable frame is magic u32, size u32, then `size` bytes.
inline constexpr std::size_t kSkippableHeader = 8;

// Frame digest table: kFrameDigestMagic, size, kFrameDigestTag, XXH64 of each compressed frame.
inline constexpr std::uint32_t kFrameDigestMagic = 0x184D2A5D;
inline constexpr std::string_view kFrameDigestTag = "KONSEKI1";

// Seek table of the zstd seekable format 0.1.0.
inline constexpr std::uint32_t kSeekTableMagic = 0x184D2A5E;
inline constexpr std::uint32_t kSeekFooterMagic = 0x8F92EAB1;
inline constexpr std::uint8_t kSeekChecksumFlag = 0x80;
inline constexpr std::size_t kSeekEntry = 12;  // compressed u32, content u32, checksum u32
inline constexpr std::size_t kSeekFooter = 9;  // frames u32, descriptor u8, magic u32

}  // namespace konseki

// XXH64 with seed 0, the checksum of zstd frames and of the seekable format (xxHash specification
// 0.1.1). Finds accidents, not adversaries: those meet the SHA-256 of the manifest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace konseki {

std::uint64_t xxh64(std::span<const std::byte> bytes);
inline std::uint64_t xxh64(std::string_view text) { return xxh64(std::as_bytes(std::span(text))); }

}  // namespace konseki

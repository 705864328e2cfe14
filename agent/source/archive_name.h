// Archives that may hold evidence but must be unpacked or decrypted first.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace konseki {

// Bytes from the start of a file that archive_name() wants to see.
constexpr std::size_t kArchiveHead = 1024;

inline constexpr std::string_view kAgeArchive = "age";

// "zip", "7z", "tar", "age", ... judged by the first bytes; "" when it is none that we know.
std::string_view archive_name(std::span<const std::byte> head);

}  // namespace konseki

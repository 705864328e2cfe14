// Base64, RFC 4648 section 4.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

// Without line breaks; `pad` adds the '=' at the end.
std::string base64_encode(std::span<const std::byte> bytes, bool pad = true);

// Padding may be missing. Nothing where another character, or an impossible length, is met.
std::optional<std::vector<std::byte>> base64_decode(std::string_view text);

}  // namespace konseki

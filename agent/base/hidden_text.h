// Hidden text: bytes written so that a resident scanner does not recognise them. No secret.
#pragma once

#include <string>
#include <string_view>

namespace konseki {

// The bytes that konseki_embed(... HIDDEN) (installer/cmake/Embed.cmake) wrote as `hidden`.
std::string reveal_text(std::string_view hidden);

}  // namespace konseki

// EmbeddedFile: a file compiled into the program by konseki_embed() (installer/cmake/Embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace konseki {

struct EmbeddedFile {
  std::string_view name;
  std::string_view bytes;
};

}  // namespace konseki

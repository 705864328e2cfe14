// Percent-encoding of URLs [RFC 3986 2.1].
#pragma once

#include <string>
#include <string_view>

#include "agent/base/hex.h"

namespace konseki {

// Percent-encoding removed once; what is no valid escape stays.
inline std::string url_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

}  // namespace konseki

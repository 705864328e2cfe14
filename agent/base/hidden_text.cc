#include "agent/base/hidden_text.h"

#include <array>

namespace konseki {
namespace {

// Each half byte as it is written; the same table as in Embed.cmake.
constexpr std::string_view kHidden = "b7d0f52c8a14e396";

constexpr unsigned digit_value(char digit) {
  return digit <= '9' ? static_cast<unsigned>(digit - '0')
                      : static_cast<unsigned>(digit - 'a' + 10);
}

constexpr std::array<unsigned, 16> kPlain = [] {
  std::array<unsigned, 16> plain{};
  for (unsigned i = 0; i < 16; ++i) plain[digit_value(kHidden[i])] = i;
  return plain;
}();

}  // namespace

std::string reveal_text(std::string_view hidden) {
  std::string out(hidden);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    c = static_cast<char>(kPlain[byte >> 4] << 4 | kPlain[byte & 15]);
  }
  return out;
}

}  // namespace konseki

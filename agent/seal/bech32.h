// Bech32, BIP 173, without its limit of 90 characters: the form of age's keys.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace konseki {

// Lower case. `prefix` is lower-case ASCII.
std::string bech32_encode(std::string_view prefix, std::span<const std::byte> data);

struct Bech32 {
  std::string prefix;  // lower case
  std::vector<std::byte> data;
  bool upper = false;  // the text was written in upper case
};

// Nothing for mixed case, foreign characters, a wrong checksum, or padding that is not zero and
// shorter than five bits.
std::optional<Bech32> bech32_decode(std::string_view text);

}  // namespace konseki

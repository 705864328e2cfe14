#include "agent/seal/bech32.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace konseki {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksum = 6;

// The generator of BIP 173's BCH code.
std::uint32_t next_checksum(std::uint32_t checksum, std::uint32_t value) {
  constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                    0x2a1462b3};
  const std::uint32_t top = checksum >> 25;
  checksum = (checksum & 0x1ffffff) << 5 ^ value;
  for (std::size_t i = 0; i < kGenerator.size(); ++i) {
    if ((top >> i & 1) != 0) checksum ^= kGenerator[i];
  }
  return checksum;
}

std::uint32_t prefix_checksum(std::string_view prefix) {
  std::uint32_t checksum = 1;
  for (const char c : prefix)
    checksum = next_checksum(checksum, static_cast<unsigned char>(c) >> 5);
  checksum = next_checksum(checksum, 0);
  for (const char c : prefix)
    checksum = next_checksum(checksum, static_cast<unsigned char>(c) & 31);
  return checksum;
}

}  // namespace

std::string bech32_encode(std::string_view prefix, std::span<const std::byte> data) {
  std::string out(prefix);
  // Secrets pass through here: the text must not move while it grows.
  out.reserve(prefix.size() + 1 + (data.size() * 8 + 4) / 5 + kChecksum);
  out += '1';
  std::uint32_t checksum = prefix_checksum(prefix);
  const auto put = [&](std::uint32_t value) {
    checksum = next_checksum(checksum, value);
    out += kAlphabet[value];
  };
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::byte byte : data) {
    bits = (bits << 8 | std::to_integer<std::uint32_t>(byte)) & 0xFFF;
    for (held += 8; held >= 5; held -= 5) put(bits >> (held - 5) & 31);
  }
  if (held > 0) put(bits << (5 - held) & 31);
  for (std::size_t i = 0; i < kChecksum; ++i) checksum = next_checksum(checksum, 0);
  checksum ^= 1;
  for (std::size_t i = 0; i < kChecksum; ++i) out += kAlphabet[checksum >> 5 * (5 - i) & 31];
  return out;
}

std::optional<Bech32> bech32_decode(std::string_view text) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  Bech32 out;
  out.upper = std::any_of(text.begin(), text.end(), is_upper);
  if (out.upper && std::any_of(text.begin(), text.end(), is_lower)) return std::nullopt;
  const auto lower = [&](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; };
  const std::size_t separator = text.rfind('1');
  if (separator == std::string_view::npos || separator == 0 ||
      text.size() - separator - 1 < kChecksum) {
    return std::nullopt;
  }
  for (const char c : text.substr(0, separator)) {
    if (c < 0x21 || c > 0x7e) return std::nullopt;
    out.prefix += lower(c);
  }
  std::uint32_t checksum = prefix_checksum(out.prefix);
  const std::string_view values = text.substr(separator + 1);
  out.data.reserve(values.size());
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t value = kAlphabet.find(lower(values[i]));
    if (value == std::string_view::npos) return std::nullopt;
    checksum = next_checksum(checksum, static_cast<std::uint32_t>(value));
    if (i + kChecksum >= values.size()) continue;
    bits = (bits << 5 | static_cast<std::uint32_t>(value)) & 0xFFF;
    held += 5;
    if (held >= 8) {
      held -= 8;
      out.data.push_back(static_cast<std::byte>(bits >> held & 0xFF));
    }
  }
  if (checksum != 1 || held >= 5 || (bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace konseki

#include "agent/base/uuid.h"

#include <algorithm>
#include <array>

#include "agent/base/digest.h"

namespace konseki {
namespace {

constexpr std::size_t kTextSize = 36;
constexpr std::string_view kHexDigits = "0123456789abcdef";

bool is_hyphen_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

int digit_of(char c) {
  const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::size_t at = kHexDigits.find(lower);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::array<std::byte, 16> bytes_of(std::string_view text) {
  std::array<std::byte, 16> out{};
  std::size_t digits = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) continue;
    if (digits >= 32) break;
    std::byte& byte = out[digits / 2];
    byte =
        static_cast<std::byte>(digits % 2 == 0 ? digit << 4 : std::to_integer<int>(byte) | digit);
    ++digits;
  }
  return out;
}

std::string uuid_of(std::string_view space, std::string_view name, unsigned version) {
  const auto prefix = bytes_of(space);
  DigestPass pass;
  pass.update(prefix);
  pass.update(std::as_bytes(std::span(name)));
  auto digest = pass.finish().sha1;
  digest[6] = (digest[6] & std::byte{0x0F}) | static_cast<std::byte>(version << 4);
  digest[8] = (digest[8] & std::byte{0x3F}) | std::byte{0x80};
  std::string out = to_hex(std::span<const std::byte>(digest).first(16));
  for (const std::size_t at : {8, 13, 18, 23}) out.insert(at, 1, '-');
  return out;
}

}  // namespace

std::string uuid_of_name(std::string_view space, std::string_view name) {
  return uuid_of(space, name, 5);
}

std::string uuid4_of_name(std::string_view space, std::string_view name) {
  return uuid_of(space, name, 4);
}

bool is_uuid(std::string_view text) {
  if (text.size() != kTextSize) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_hyphen_place(i) ? text[i] != '-' : digit_of(text[i]) < 0) return false;
  }
  const int variant = digit_of(text[19]);
  return text[14] >= '1' && text[14] <= '5' && variant >= 8 && variant <= 11;
}

}  // namespace konseki

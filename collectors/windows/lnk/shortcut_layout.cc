#include "collectors/windows/lnk/shortcut_layout.h"

#include <array>

#include "agent/base/cursor.h"

namespace konseki::windows {
namespace {

constexpr std::uint64_t kHeader = 0x4C;
constexpr std::uint32_t kHasItems = 1U << 0;
constexpr std::uint32_t kHasLinkInformation = 1U << 1;
constexpr std::uint32_t kIsUnicode = 1U << 7;
constexpr unsigned kFirstText = 2;  // HasName, HasRelativePath, ... up to HasIconLocation
constexpr unsigned kLastText = 6;
constexpr std::uint32_t kLeastBlock = 4;  // smaller ends the extra data
constexpr int kMostBlocks = 1024;         // eleven kinds are known

// A number of `width` bytes; nothing behind the end.
std::optional<std::uint32_t> number_at(ByteReader& content, std::uint64_t at, std::size_t width) {
  std::array<std::byte, 4> bytes{};
  const auto count = content.read_at(at, std::span(bytes).first(width));
  if (!count || *count != width) return std::nullopt;
  return Cursor(bytes).u32();
}

std::string too_long(const char* what, std::uint64_t size, std::uint64_t left) {
  return std::string(what) + " of " + std::to_string(size) + " bytes where " +
         std::to_string(left) + " are left";
}

}  // namespace

std::optional<std::string> impossible_size(ByteReader& content) {
  const std::uint64_t end = content.size();
  const auto flags = number_at(content, 0x14, 4);
  if (!flags) return std::nullopt;  // the library says so
  std::uint64_t at = kHeader;
  if ((*flags & kHasItems) != 0) {
    const auto size = number_at(content, at, 2);
    if (!size) return std::nullopt;
    at += 2 + std::uint64_t{*size};
  }
  if ((*flags & kHasLinkInformation) != 0) {
    const auto size = number_at(content, at, 4);
    if (!size) return std::nullopt;
    if (*size > end - at) return too_long("link information", *size, end - at);
    at += *size;
  }
  for (unsigned bit = kFirstText; bit <= kLastText; ++bit) {
    if ((*flags >> bit & 1) == 0) continue;
    const auto characters = number_at(content, at, 2);
    if (!characters) return std::nullopt;
    at += 2 + std::uint64_t{*characters} * ((*flags & kIsUnicode) != 0 ? 2 : 1);
  }
  for (int block = 0; block < kMostBlocks; ++block) {
    const auto size = number_at(content, at, 4);
    if (!size || *size < kLeastBlock) return std::nullopt;
    if (*size > end - at) return too_long("extra data", *size, end - at);
    at += *size;
  }
  return std::nullopt;
}

}  // namespace konseki::windows

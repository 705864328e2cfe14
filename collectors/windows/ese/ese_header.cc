#include "collectors/windows/ese/ese_header.h"

#include "collectors/windows/ese/ese_page.h"

namespace konseki::windows {

std::optional<EseHeader> read_ese_header(std::span<const std::byte> bytes) {
  constexpr std::uint32_t kSignature = 0x89abcdef;
  constexpr std::uint32_t kDatabase = 0;
  constexpr std::uint32_t kCleanShutdown = 3;
  constexpr std::uint32_t kSmallPage = 4096;
  if (bytes.size() < kEseHeaderSize) return std::nullopt;
  const auto at = [&](std::size_t offset) { return ese_number<std::uint32_t>(bytes, offset); };
  if (at(4) != kSignature || at(12) != kDatabase) return std::nullopt;
  EseHeader header;
  header.version = at(8);
  header.dirty = at(52) != kCleanShutdown;
  header.revision = at(232);
  header.page_size = at(236) == 0 ? kSmallPage : at(236);
  if (header.dirty) {
    header.first_log = at(296);
    header.last_log = at(300);
  }
  return header;
}

}  // namespace konseki::windows

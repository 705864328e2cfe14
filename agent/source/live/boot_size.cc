#include "agent/source/live/boot_size.h"

#include <string_view>

#include "agent/base/cursor.h"

namespace konseki {
namespace {

// What is larger is no volume but damage.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 60;

std::optional<std::uint64_t> product(std::uint64_t sectors, std::uint64_t sector) {
  if (sectors == 0 || sector < 256 || sector > 4096 || (sector & (sector - 1)) != 0) {
    return std::nullopt;
  }
  if (sectors > kMostBytes / sector) return std::nullopt;
  return sectors * sector;
}

template <class Read>
auto at(std::span<const std::byte> sector, std::size_t offset, Read read) {
  Cursor cursor(sector);
  cursor.seek(offset);
  return read(cursor);
}

}  // namespace

std::optional<std::uint64_t> boot_sector_size(std::span<const std::byte> sector) {
  if (sector.size() < 512) return std::nullopt;
  const auto u16 = [&](std::size_t offset) {
    return std::uint64_t{at(sector, offset, [](Cursor& c) { return c.u16(); })};
  };
  const auto u32 = [&](std::size_t offset) {
    return std::uint64_t{at(sector, offset, [](Cursor& c) { return c.u32(); })};
  };
  const auto u64 = [&](std::size_t offset) {
    return std::uint64_t{at(sector, offset, [](Cursor& c) { return c.u64(); })};
  };
  const std::string_view name = as_text(sector).substr(3, 8);
  if (name == "NTFS    ") {  // the last sector, its copy of this one, is not counted
    const auto size = product(u64(40), u16(11));
    return size ? std::optional(*size + u16(11)) : std::nullopt;
  }
  if (name == "EXFAT   ") {
    const std::uint64_t shift = std::to_integer<std::uint64_t>(sector[108]);
    return shift >= 9 && shift <= 12 ? product(u64(72), std::uint64_t{1} << shift) : std::nullopt;
  }
  if (name == "-FVE-FS-") return product(u64(40) != 0 ? u64(40) : u32(32), u16(11));
  if (u16(510) == 0xaa55 && (sector[0] == std::byte{0xeb} || sector[0] == std::byte{0xe9})) {
    return product(u16(19) != 0 ? u16(19) : u32(32), u16(11));
  }
  return std::nullopt;
}

}  // namespace konseki

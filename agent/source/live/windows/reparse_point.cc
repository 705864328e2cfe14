#include "agent/source/live/windows/reparse_point.h"

#include <winioctl.h>

#include <algorithm>
#include <array>
#include <span>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"

namespace konseki {

std::string reparse_target(HANDLE opened) {
  constexpr std::uint32_t kJunction = 0xA0000003;
  constexpr std::uint32_t kSymlink = 0xA000000C;
  std::array<std::byte, 16 * 1024> buffer{};  // the most that there can be
  DWORD size = 0;
  if (::DeviceIoControl(opened, FSCTL_GET_REPARSE_POINT, nullptr, 0, buffer.data(),
                        static_cast<DWORD>(buffer.size()), &size, nullptr) == 0) {
    return {};
  }
  Cursor cursor(std::span<const std::byte>(buffer).first(size));
  const std::uint32_t tag = cursor.u32();
  cursor.skip(4);
  if (tag != kJunction && tag != kSymlink) return {};
  const std::uint16_t name_at = cursor.u16();
  const std::uint16_t name_size = cursor.u16();
  const std::uint16_t shown_at = cursor.u16();
  const std::uint16_t shown_size = cursor.u16();
  if (tag == kSymlink) cursor.skip(4);
  const bool shown = shown_size != 0;
  cursor.skip(shown ? shown_at : name_at);
  std::string target = utf16le_to_wtf8(cursor.bytes(shown ? shown_size : name_size));
  if (target.starts_with("\\??\\")) target.erase(0, 4);
  std::replace(target.begin(), target.end(), '\\', '/');
  return target;
}

}  // namespace konseki

#include "agent/source/image/ntfs_reparse.h"

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "agent/source/image/little_endian.h"

namespace konseki {
namespace {

constexpr std::uint32_t kUnixSocket = 0x80000023;
constexpr std::uint32_t kLinuxFifo = 0x80000024;
constexpr std::uint32_t kLinuxCharacter = 0x80000025;
constexpr std::uint32_t kLinuxBlock = 0x80000026;

std::string part(std::span<const std::byte> buffer, std::size_t offset, std::size_t length) {
  if (offset > buffer.size() || length > buffer.size() - offset) return {};
  return utf16le_to_wtf8(buffer.subspan(offset, length));
}

// The print name is what people see; the substitute name is what the system follows.
std::string link_target(std::span<const std::byte> data, std::size_t buffer_offset) {
  if (data.size() < buffer_offset) return {};
  const auto buffer = data.subspan(buffer_offset);
  std::string print = part(buffer, le16(data, 12), le16(data, 14));
  if (!print.empty()) return print;
  return part(buffer, le16(data, 8), le16(data, 10));
}

// A count, then NUL-terminated strings: package, application, executable, kind.
std::string executable_of(std::span<const std::byte> data) {
  if (data.size() < 12) return {};
  auto rest = data.subspan(12);
  for (int i = 0; i < 2; ++i) {
    std::size_t end = 0;
    while (end + 1 < rest.size() && le16(rest, end) != 0) end += 2;
    if (end + 2 > rest.size()) return {};
    rest = rest.subspan(end + 2);
  }
  return utf16le_to_wtf8_until_nul(rest);
}

}  // namespace

std::optional<NtfsReparse> decode_reparse(std::span<const std::byte> data) {
  if (data.size() < 8) return std::nullopt;
  NtfsReparse reparse;
  reparse.tag = le32(data, 0);
  switch (reparse.tag) {
    case reparse::kSymlink:
      reparse.target = link_target(data, 20);
      reparse.type = FileType::kSymlink;
      break;
    case reparse::kMountPoint:
      reparse.target = link_target(data, 16);
      reparse.type = FileType::kSymlink;
      break;
    case reparse::kLinuxSymlink:
      if (data.size() > 12) reparse.target = std::string(as_text(data.subspan(12)));
      reparse.type = FileType::kSymlink;
      break;
    case reparse::kAppExecLink:
      reparse.target = executable_of(data);
      break;
    case kUnixSocket:
      reparse.type = FileType::kSocket;
      break;
    case kLinuxFifo:
      reparse.type = FileType::kFifo;
      break;
    case kLinuxCharacter:
      reparse.type = FileType::kCharacterDevice;
      break;
    case kLinuxBlock:
      reparse.type = FileType::kBlockDevice;
      break;
    default:
      break;
  }
  return reparse;
}

bool is_cloud_tag(std::uint32_t tag) { return (tag & 0xffff0fff) == 0x9000001a; }

}  // namespace konseki

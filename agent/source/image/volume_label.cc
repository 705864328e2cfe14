#include "agent/source/image/volume_label.h"

#include <algorithm>
#include <vector>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr char kLowerHex[] = "0123456789abcdef";
constexpr char kUpperHex[] = "0123456789ABCDEF";

std::string hex_number(std::uint64_t value, int digits) {
  std::string text(static_cast<std::size_t>(digits), '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 4) {
    *digit = kUpperHex[value & 15];
  }
  return text;
}

// The form `vol` and LNK files show.
std::string windows_serial(std::uint32_t value) {
  return hex_number(value >> 16, 4) + "-" + hex_number(value & 0xffff, 4);
}

std::string uuid_text(std::span<const std::byte> bytes) {
  std::string text;
  if (std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; })) {
    return text;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    const auto value = std::to_integer<unsigned>(bytes[i]);
    text += kLowerHex[value >> 4];
    text += kLowerHex[value & 15];
  }
  return text;
}

// Fixed-width text: up to a NUL, trailing blanks dropped, ill-formed bytes substituted.
std::string fixed_text(std::span<const std::byte> bytes) {
  std::string_view text = as_text(bytes);
  text = text.substr(0, text.find('\0'));
  while (text.ends_with(' ')) text.remove_suffix(1);
  return to_well_formed(text);
}

class Bytes {
 public:
  explicit Bytes(ByteReader& volume) : volume_(volume) {}
  std::vector<std::byte> at(std::uint64_t offset, std::size_t size) {
    std::vector<std::byte> bytes(size);
    auto count = volume_.read_at(offset, bytes);
    if (!count || *count != size) std::fill(bytes.begin(), bytes.end(), std::byte{0});
    return bytes;
  }
  std::uint64_t number(std::uint64_t offset, std::size_t size) {
    const auto bytes = at(offset, size);
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
      value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    return value;
  }

 private:
  ByteReader& volume_;
};

VolumeLabel fat_label(Bytes& bytes) {
  // FAT32 keeps these behind its longer BPB, told by a zero count of 16-bit FAT sectors.
  const std::uint64_t base = bytes.number(22, 2) == 0 ? 67 : 39;
  VolumeLabel label;
  label.serial = windows_serial(static_cast<std::uint32_t>(bytes.number(base, 4)));
  label.uuid = label.serial;
  label.label = fixed_text(bytes.at(base + 4, 11));
  if (label.label == "NO NAME") label.label.clear();
  return label;
}

}  // namespace

VolumeLabel read_volume_label(ByteReader& volume, std::string_view type) {
  Bytes bytes(volume);
  VolumeLabel label;
  if (type == "ntfs") {
    const std::uint64_t serial = bytes.number(72, 8);
    label.serial = windows_serial(static_cast<std::uint32_t>(serial));
    label.uuid = hex_number(serial, 16);
  } else if (type == "exfat") {
    label.serial = windows_serial(static_cast<std::uint32_t>(bytes.number(100, 4)));
    label.uuid = label.serial;
  } else if (type.starts_with("fat")) {
    label = fat_label(bytes);
  } else if (type.starts_with("ext")) {
    label.uuid = uuid_text(bytes.at(1024 + 104, 16));
    label.serial = label.uuid;
    label.label = fixed_text(bytes.at(1024 + 120, 16));
  } else if (type == "iso9660") {
    label.label = fixed_text(bytes.at(0x8028, 32));
  }
  return label;
}

}  // namespace konseki

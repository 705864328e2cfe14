#include "collectors/windows/lnk/shortcut.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "agent/base/bfio_reader.h"
#include "agent/base/cursor.h"
#include "agent/base/handles/lnk.h"
#include "agent/base/unicode.h"
#include "collectors/windows/lnk/shell_items.h"
#include "collectors/windows/lnk/shortcut_layout.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kMaxUnits = 65536;  // a length field has 16 bits
constexpr std::size_t kMaxItemBytes = 65536;
constexpr std::size_t kGuidBytes = 16;
constexpr std::size_t kHeaderBytes = 0x4C;
constexpr std::string_view kClassId{"\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", kGuidBytes};
constexpr std::uint64_t kUuidEpoch = 0x01B2'1DD2'1381'4000;  // 1582-10-15 before 1970, in ticks

using SizeGetter = int (*)(liblnk_file_t*, std::size_t*, liblnk_error_t**);
using TextGetter = int (*)(liblnk_file_t*, std::uint16_t*, std::size_t, liblnk_error_t**);
using NumberGetter = int (*)(liblnk_file_t*, std::uint32_t*, liblnk_error_t**);
using TimeGetter = int (*)(liblnk_file_t*, std::uint64_t*, liblnk_error_t**);
using GuidGetter = int (*)(liblnk_file_t*, std::uint8_t*, std::size_t, liblnk_error_t**);

// Through UTF-16, so that lone surrogates survive.
std::string text_of(liblnk_file_t* file, SizeGetter size_of, TextGetter text) {
  std::size_t units = 0;
  if (size_of(file, &units, nullptr) != 1 || units == 0 || units > kMaxUnits) return {};
  std::vector<std::uint16_t> buffer(units);
  if (text(file, buffer.data(), units, nullptr) != 1) return {};
  std::vector<std::byte> bytes;
  bytes.reserve(2 * units);
  for (std::uint16_t unit : buffer) {
    bytes.push_back(static_cast<std::byte>(unit & 0xFF));
    bytes.push_back(static_cast<std::byte>(unit >> 8));
  }
  return utf16le_to_wtf8_until_nul(bytes);
}

std::optional<std::uint32_t> number_of(liblnk_file_t* file, NumberGetter number) {
  std::uint32_t value = 0;
  if (number(file, &value, nullptr) != 1) return std::nullopt;
  return value;
}

std::optional<Timestamp> time_of(liblnk_file_t* file, TimeGetter time) {
  std::uint64_t ticks = 0;
  if (time(file, &ticks, nullptr) != 1 || ticks == 0) return std::nullopt;
  return Timestamp::from_filetime(ticks);
}

using Guid = std::array<std::byte, kGuidBytes>;

std::optional<Guid> guid_of(liblnk_file_t* file, GuidGetter getter) {
  Guid guid{};
  if (getter(file, reinterpret_cast<std::uint8_t*>(guid.data()), guid.size(), nullptr) != 1) {
    return std::nullopt;
  }
  const bool empty =
      std::all_of(guid.begin(), guid.end(), [](std::byte b) { return b == std::byte{0}; });
  if (empty) return std::nullopt;
  return guid;
}

std::string guid_text(const std::optional<Guid>& guid) {
  if (!guid) return {};
  Cursor cursor(*guid);
  const std::uint32_t first = cursor.u32();
  const std::uint16_t second = cursor.u16();
  const std::uint16_t third = cursor.u16();
  std::string out = fmt::format("{:08x}-{:04x}-{:04x}-", first, second, third);
  for (int i = 0; i < 8; ++i) {
    if (i == 2) out += '-';
    out += fmt::format("{:02x}", cursor.u8());
  }
  return out;
}

// Node and time of a version 1 GUID (RFC 4122, 4.1).
void read_time_based(const Guid& guid, Shortcut& shortcut) {
  Cursor cursor(guid);
  const std::uint64_t low = cursor.u32();
  const std::uint64_t middle = cursor.u16();
  const std::uint64_t high = cursor.u16();
  if (high >> 12 != 1) return;
  const std::uint64_t ticks = low | middle << 32 | (high & 0x0FFF) << 48;
  if (ticks >= kUuidEpoch) {
    const std::uint64_t unix_ticks = ticks - kUuidEpoch;
    shortcut.droid_time =
        Timestamp::from_unix(static_cast<std::int64_t>(unix_ticks / 10'000'000),
                             static_cast<std::int32_t>(unix_ticks % 10'000'000 * 100));
  }
  cursor.skip(2);
  for (int i = 0; i < 6; ++i) {
    shortcut.mac_address += fmt::format("{}{:02x}", i == 0 ? "" : ":", cursor.u8());
  }
}

std::string item_path_of(liblnk_file_t* file) {
  std::size_t size = 0;
  if (liblnk_file_get_link_target_identifier_data_size(file, &size, nullptr) != 1 || size == 0 ||
      size > kMaxItemBytes) {
    return {};
  }
  std::vector<std::byte> items(size);
  if (liblnk_file_copy_link_target_identifier_data(
          file, reinterpret_cast<std::uint8_t*>(items.data()), size, nullptr) != 1) {
    return {};
  }
  return shell_item_path(items);
}

std::string drive_type_name(std::optional<std::uint32_t> type) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "unknown", "no_root", "removable", "fixed", "remote", "cdrom", "ramdisk"};
  if (!type) return {};
  return *type < kNames.size() ? std::string(kNames[*type]) : fmt::format("{}", *type);
}

// What the header of a shortcut tells when the rest cannot be read.
Result<Shortcut> header_alone(ByteReader& content, std::string damage) {
  std::array<std::byte, kHeaderBytes> bytes{};
  KONSEKI_ASSIGN(const std::size_t count, content.read_at(0, bytes));
  Cursor cursor(bytes);
  if (count != bytes.size() || cursor.u32() != kHeaderBytes ||
      !std::equal(kClassId.begin(), kClassId.end(), as_text(cursor.bytes(kGuidBytes)).begin())) {
    return fail(ErrorCode::kCorrupt, "not a shortcut");
  }
  Shortcut shortcut;
  shortcut.flags = cursor.u32();
  shortcut.target_attributes = cursor.u32();
  for (auto* time :
       {&shortcut.target_created, &shortcut.target_accessed, &shortcut.target_modified}) {
    const std::uint64_t ticks = cursor.u64();
    if (ticks != 0) *time = Timestamp::from_filetime(ticks);
  }
  shortcut.target_size = cursor.u32();
  cursor.skip(4);
  shortcut.show_window = cursor.u32();
  shortcut.damage = std::move(damage);
  return shortcut;
}

// ShowCommand of the header; the library of 2018 answers the file size in its place.
std::optional<std::uint32_t> show_window_of(ByteReader& content) {
  std::array<std::byte, 4> bytes{};
  const auto count = content.read_at(0x3C, bytes);
  if (!count || *count != bytes.size()) return std::nullopt;
  return Cursor(bytes).u32();
}

void read_tracker(liblnk_file_t* file, Shortcut& shortcut) {
  shortcut.machine_id = text_of(file, liblnk_file_get_utf16_machine_identifier_size,
                                liblnk_file_get_utf16_machine_identifier);
  const auto droid = guid_of(file, liblnk_file_get_droid_file_identifier);
  shortcut.droid_volume = guid_text(guid_of(file, liblnk_file_get_droid_volume_identifier));
  shortcut.droid_file = guid_text(droid);
  shortcut.birth_droid_volume =
      guid_text(guid_of(file, liblnk_file_get_birth_droid_volume_identifier));
  shortcut.birth_droid_file = guid_text(guid_of(file, liblnk_file_get_birth_droid_file_identifier));
  if (droid) read_time_based(*droid, shortcut);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

}  // namespace

std::string Shortcut::target() const {
  // Local paths are often in the machine's code page, which the file does not tell.
  const bool whole_item_path = item_path.size() > 2 && item_path[1] == ':';
  if (!local_path.empty() && (is_ascii(local_path) || !whole_item_path)) return local_path;
  if (whole_item_path) return item_path;
  for (const std::string* path : {&environment_path, &network_path, &item_path, &relative_path}) {
    if (!path->empty()) return *path;
  }
  return {};
}

Result<Shortcut> parse_shortcut(ByteReader& content) {
  if (auto wrong = impossible_size(content)) return header_alone(content, *std::move(wrong));
  KONSEKI_ASSIGN(libbfio_handle_t* const handle,
                 make_bfio_handle_by(kLnkBfio.handle_initialize, content));
  const LnkIo io(handle);
  liblnk_file_t* file = nullptr;
  liblnk_error_t* error = nullptr;
  if (liblnk_file_initialize(&file, &error) != 1) {
    return fail(ErrorCode::kInternal, take_lnk_error(error));
  }
  const LnkFile owner(file);
  if (liblnk_file_open_file_io_handle(file, io.get(), LIBLNK_OPEN_READ, &error) != 1) {
    return header_alone(content, take_lnk_error(error));
  }
  Shortcut shortcut;
  shortcut.local_path =
      text_of(file, liblnk_file_get_utf16_local_path_size, liblnk_file_get_utf16_local_path);
  shortcut.network_path =
      text_of(file, liblnk_file_get_utf16_network_path_size, liblnk_file_get_utf16_network_path);
  shortcut.relative_path =
      text_of(file, liblnk_file_get_utf16_relative_path_size, liblnk_file_get_utf16_relative_path);
  shortcut.environment_path =
      text_of(file, liblnk_file_get_utf16_environment_variables_location_size,
              liblnk_file_get_utf16_environment_variables_location);
  shortcut.arguments = text_of(file, liblnk_file_get_utf16_command_line_arguments_size,
                               liblnk_file_get_utf16_command_line_arguments);
  shortcut.working_directory = text_of(file, liblnk_file_get_utf16_working_directory_size,
                                       liblnk_file_get_utf16_working_directory);
  shortcut.icon =
      text_of(file, liblnk_file_get_utf16_icon_location_size, liblnk_file_get_utf16_icon_location);
  shortcut.description =
      text_of(file, liblnk_file_get_utf16_description_size, liblnk_file_get_utf16_description);
  shortcut.volume_label =
      text_of(file, liblnk_file_get_utf16_volume_label_size, liblnk_file_get_utf16_volume_label);
  shortcut.item_path = item_path_of(file);
  shortcut.target_created = time_of(file, liblnk_file_get_file_creation_time);
  shortcut.target_modified = time_of(file, liblnk_file_get_file_modification_time);
  shortcut.target_accessed = time_of(file, liblnk_file_get_file_access_time);
  shortcut.target_size = number_of(file, liblnk_file_get_file_size).value_or(0);
  shortcut.target_attributes = number_of(file, liblnk_file_get_file_attribute_flags).value_or(0);
  shortcut.drive_type = drive_type_name(number_of(file, liblnk_file_get_drive_type));
  shortcut.drive_serial = number_of(file, liblnk_file_get_drive_serial_number);
  shortcut.show_window = show_window_of(content);
  shortcut.flags = number_of(file, liblnk_file_get_data_flags).value_or(0);
  if (liblnk_file_has_distributed_link_tracking_data(file, nullptr) == 1) {
    read_tracker(file, shortcut);
  }
  return shortcut;
}

}  // namespace konseki::windows

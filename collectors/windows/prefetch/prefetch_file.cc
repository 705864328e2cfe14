#include "collectors/windows/prefetch/prefetch_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/cursor.h"
#include "agent/base/unicode.h"
#include "collectors/windows/prefetch/xpress_huffman.h"

namespace konseki::windows {
namespace {

constexpr std::size_t kMaxExpanded = 64U << 20;
constexpr std::size_t kMaxFiles = 65536;
constexpr std::size_t kMaxVolumes = 256;
constexpr std::size_t kNameBytes = 60;

// Where the versions differ.
struct Layout {
  std::size_t last_runs;  // offset of the first
  std::size_t run_slots;
  std::size_t run_count;
  std::size_t volume_size;
};

std::optional<Layout> layout_of(std::uint32_t version, std::uint32_t metrics_offset) {
  switch (version) {
    case 17:
      return Layout{0x78, 1, 0x90, 40};
    case 23:
      return Layout{0x80, 1, 0x98, 104};
    case 26:
      return Layout{0x80, 8, 0xD0, 104};
    case 30:
    case 31:
      // A later variant of 30, and 31, lack eight bytes before the count, so that all behind
      // the header moved up by as many.
      return Layout{0x80, 8, metrics_offset == 0x130 ? std::size_t{0xD0} : std::size_t{0xC8}, 96};
    default:
      return std::nullopt;
  }
}

Result<std::vector<std::byte>> expand(std::span<const std::byte> bytes) {
  Cursor cursor(bytes);
  cursor.skip(3);
  const std::uint8_t method = cursor.u8();
  const std::uint32_t size = cursor.u32();
  if ((method & 0x80) != 0) cursor.skip(4);  // CRC-32 of the compressed data
  if (!cursor.ok()) return fail(ErrorCode::kCorrupt, "compressed data ends early");
  if ((method & 0x0F) != 4) {
    return fail(ErrorCode::kUnsupported, fmt::format("compression method {}", method & 0x0F));
  }
  if (size > kMaxExpanded) return fail(ErrorCode::kLimitExceeded, "expands to over 64 MiB");
  return xpress_huffman_expand(bytes.subspan(cursor.offset()), size);
}

void add_damage(PrefetchFile& prefetch, std::string_view what) {
  if (!prefetch.damage.empty()) prefetch.damage += "; ";
  prefetch.damage += what;
}

void read_files(std::span<const std::byte> bytes, std::uint32_t offset, std::uint32_t size,
                PrefetchFile& prefetch) {
  Cursor cursor(bytes);
  cursor.seek(offset);
  if (cursor.ok() && size > cursor.remaining()) {
    add_damage(prefetch, "list of files is cut off");
    size = static_cast<std::uint32_t>(cursor.remaining());
  }
  std::span<const std::byte> strings = cursor.bytes(size);
  if (!cursor.ok()) return add_damage(prefetch, "list of files lies outside the file");
  while (strings.size() >= 2) {
    std::string name = utf16le_to_wtf8_until_nul(strings);
    std::size_t units = 0;
    while (2 * units + 1 < strings.size() &&
           (strings[2 * units] != std::byte{0} || strings[2 * units + 1] != std::byte{0})) {
      ++units;
    }
    strings = strings.subspan(std::min(strings.size(), 2 * units + 2));
    if (name.empty()) continue;
    if (prefetch.files.size() == kMaxFiles) {
      return add_damage(prefetch, fmt::format("more than {} files", kMaxFiles));
    }
    prefetch.files.push_back(std::move(name));
  }
}

void read_volumes(std::span<const std::byte> bytes, std::uint32_t offset, std::uint32_t count,
                  std::size_t entry_size, PrefetchFile& prefetch) {
  if (count > kMaxVolumes) {
    add_damage(prefetch, fmt::format("{} volumes, read {}", count, kMaxVolumes));
    count = kMaxVolumes;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    Cursor entry(bytes);
    entry.seek(std::size_t{offset} + i * entry_size);
    const std::uint32_t path_offset = entry.u32();
    const std::uint32_t path_units = entry.u32();
    const std::uint64_t created = entry.u64();
    PrefetchVolume volume;
    volume.serial = entry.u32();
    Cursor path(bytes);
    path.seek(std::size_t{offset} + path_offset);
    volume.device_path =
        utf16le_to_wtf8_until_nul(path.bytes(std::size_t{2} * std::min(path_units, 65535U)));
    if (!entry.ok() || !path.ok()) return add_damage(prefetch, "volume list is damaged");
    if (created != 0) volume.created = Timestamp::from_filetime(created);
    prefetch.volumes.push_back(std::move(volume));
  }
}

void read_runs(std::span<const std::byte> bytes, const Layout& layout, PrefetchFile& prefetch) {
  Cursor runs(bytes);
  runs.seek(layout.last_runs);
  for (std::size_t i = 0; i < layout.run_slots; ++i) {
    const std::uint64_t ticks = runs.u64();
    if (ticks != 0) prefetch.last_runs.push_back(Timestamp::from_filetime(ticks));
  }
  Cursor count(bytes);
  count.seek(layout.run_count);
  prefetch.run_count = count.u32();
  if (!runs.ok() || !count.ok()) add_damage(prefetch, "file ends inside its information block");
}

}  // namespace

Result<PrefetchFile> parse_prefetch(std::span<const std::byte> bytes) {
  std::vector<std::byte> expanded;
  if (bytes.size() >= 8 && as_text(bytes.first(3)) == "MAM") {
    KONSEKI_ASSIGN(expanded, expand(bytes));
    bytes = expanded;
  }
  Cursor cursor(bytes);
  PrefetchFile prefetch;
  prefetch.version = cursor.u32();
  if (as_text(cursor.bytes(4)) != "SCCA") {
    return fail(ErrorCode::kCorrupt, "not a prefetch file");
  }
  cursor.skip(4);
  const std::uint32_t stated_size = cursor.u32();
  prefetch.executable = utf16le_to_wtf8_until_nul(cursor.bytes(kNameBytes));
  prefetch.hash = cursor.u32();
  cursor.skip(4);
  const std::uint32_t metrics_offset = cursor.u32();
  cursor.skip(12);
  const std::uint32_t strings_offset = cursor.u32();
  const std::uint32_t strings_size = cursor.u32();
  const std::uint32_t volumes_offset = cursor.u32();
  const std::uint32_t volume_count = cursor.u32();
  if (!cursor.ok()) return fail(ErrorCode::kCorrupt, "prefetch header is cut off");
  const auto layout = layout_of(prefetch.version, metrics_offset);
  if (!layout) {
    return fail(ErrorCode::kUnsupported, fmt::format("prefetch version {}", prefetch.version));
  }
  if (stated_size > bytes.size()) {
    add_damage(prefetch, fmt::format("{} of {} bytes are there", bytes.size(), stated_size));
  }
  read_runs(bytes, *layout, prefetch);
  read_files(bytes, strings_offset, strings_size, prefetch);
  read_volumes(bytes, volumes_offset, volume_count, layout->volume_size, prefetch);
  return prefetch;
}

std::string executable_path(const PrefetchFile& prefetch) {
  const std::string name = fold_case(prefetch.executable);
  if (name.empty()) return {};
  for (const std::string& file : prefetch.files) {
    const std::string_view last = std::string_view(file).substr(file.rfind('\\') + 1);
    // The header cuts names to 29 characters.
    if (fold_case(last).starts_with(name)) return file;
  }
  return {};
}

}  // namespace konseki::windows

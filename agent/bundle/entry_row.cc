#include "agent/bundle/entry_row.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "agent/base/hex.h"
#include "agent/base/inode_flags.h"
#include "agent/base/parse_timestamp.h"
#include "agent/bundle/member_names.h"

namespace konseki {
namespace {

constexpr std::array<std::pair<std::string_view, FileType>, 7> kTypes{{
    {"file", FileType::kRegular},
    {"directory", FileType::kDirectory},
    {"symlink", FileType::kSymlink},
    {"fifo", FileType::kFifo},
    {"char", FileType::kCharacterDevice},
    {"block", FileType::kBlockDevice},
    {"socket", FileType::kSocket},
}};

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.empty()) return std::nullopt;
  std::string out(hex.size() / 2, '\0');
  if (!read_hex(hex, std::as_writable_bytes(std::span(out)))) return std::nullopt;
  return out;
}

std::uint32_t octal(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 8);
  return value;
}

std::uint32_t number32(const JsonView& value) {
  return static_cast<std::uint32_t>(value.unsigned_number());
}

std::optional<Timestamp> time_of(const JsonView& value) { return parse_timestamp(value.plain()); }

}  // namespace

std::optional<std::string> row_path(const FileRowView& row, const VolumeInfo& volume) {
  const JsonView& raw = row[FileField::kRawPath];
  auto path = raw ? from_hex(raw.plain()) : std::nullopt;
  if (!path && row[FileField::kPath]) path = row[FileField::kPath].text();
  if (!path || !path->starts_with(volume.mount)) return std::nullopt;
  // Display paths: the mount, then '/', then the path inside.
  path->erase(0, volume.mount.size());
  if (path->empty()) return path;
  if (path->front() != '/') return std::nullopt;
  path->erase(0, 1);
  return path;
}

bool is_row_of(const FileRowView& row, const VolumeInfo& volume) {
  if (const JsonView& named = row[FileField::kVolume]) return named.text() == volume.mount;
  const std::string path = row[FileField::kPath].text();
  if (path.starts_with('/')) return volume.mount.empty();
  return !volume.mount.empty() && path.starts_with(volume.mount) &&
         path.substr(volume.mount.size(), 1) == "/";
}

// Found by prefix; "[root]" must not claim what lies on "[root]/var".
const VolumeInfo* volume_of_member(std::span<const VolumeInfo* const> volumes,
                                   std::string_view name) {
  const VolumeInfo* best = nullptr;
  std::size_t best_size = 0;
  for (const VolumeInfo* volume : volumes) {
    const std::string prefix = member_prefix(*volume);
    if (!name.starts_with(prefix)) continue;
    if (name.size() > prefix.size() && name[prefix.size()] != '/') continue;
    if (!best || prefix.size() >= best_size) {
      best = volume;
      best_size = prefix.size();
    }
  }
  return best;
}

BareMember bare_member(std::string_view name, const VolumeInfo& volume) {
  const std::size_t inside = std::min(name.size(), member_prefix(volume).size() + 1);
  BareMember bare{std::string(name.substr(inside)), {}};
  if (volume.style != PathStyle::kWindows) return bare;
  const auto slash = bare.path.rfind('/');
  const auto colon = bare.path.find(':', slash == std::string::npos ? 0 : slash);
  if (colon == std::string::npos) return bare;
  bare.stream = bare.path.substr(colon + 1);
  bare.path.resize(colon);
  return bare;
}

Entry row_entry(const FileRowView& row, std::string path) {
  Entry entry;
  entry.path = std::move(path);
  entry.type = parse_file_type(row[FileField::kType].plain());
  const std::string_view allocation = row[FileField::kAllocation].plain();
  entry.allocation = allocation == "deleted"  ? Allocation::kDeleted
                     : allocation == "orphan" ? Allocation::kOrphan
                                              : Allocation::kAllocated;
  entry.cloud_placeholder = row[FileField::kReason].plain() == "cloud_placeholder";
  entry.size = row[FileField::kSize].unsigned_number();
  entry.inode = row[FileField::kInode].unsigned_number();
  entry.sequence = number32(row[FileField::kSequence]);
  entry.mode = octal(row[FileField::kMode].plain());
  entry.uid = number32(row[FileField::kUid]);
  entry.gid = number32(row[FileField::kGid]);
  entry.link_count = number32(row[FileField::kLinks]);
  entry.attributes = number32(row[FileField::kAttributes]);
  if (row[FileField::kImmutable].text() == "true") entry.attributes |= kInodeImmutable;
  if (row[FileField::kAppendOnly].text() == "true") entry.attributes |= kInodeAppendOnly;
  entry.reparse_tag = number32(row[FileField::kReparseTag]);
  entry.owner = row[FileField::kOwner].text();
  entry.times = {time_of(row[FileField::kModified]), time_of(row[FileField::kAccessed]),
                 time_of(row[FileField::kChanged]), time_of(row[FileField::kCreated]),
                 time_of(row[FileField::kDeleted])};
  entry.name_times = {time_of(row[FileField::kFnModified]),
                      time_of(row[FileField::kFnAccessed]),
                      time_of(row[FileField::kFnChanged]),
                      time_of(row[FileField::kFnCreated]),
                      {}};
  entry.link_target = row[FileField::kLinkTarget].text();
  for (JsonItems streams(row[FileField::kStreams]); streams.next();) {
    entry.streams.push_back(
        {streams.value()["name"].text(), streams.value()["size"].unsigned_number()});
  }
  return entry;
}

FileType parse_file_type(std::string_view name) {
  for (const auto& [text, type] : kTypes) {
    if (text == name) return type;
  }
  return FileType::kUnknown;
}

PathStyle guess_path_style(std::string_view mount, std::string_view type) {
  constexpr std::array<std::string_view, 10> kPosixTypes{"ext2", "ext3", "ext4", "xfs", "btrfs",
                                                         "hfs",  "hfs+", "apfs", "ufs", "iso9660"};
  if (mount.empty() || mount.front() == '/') return PathStyle::kPosix;
  const bool posix = std::find(kPosixTypes.begin(), kPosixTypes.end(), type) != kPosixTypes.end();
  return posix ? PathStyle::kPosix : PathStyle::kWindows;
}

}  // namespace konseki

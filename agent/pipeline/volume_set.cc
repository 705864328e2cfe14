#include "agent/pipeline/volume_set.h"

#include <algorithm>
#include <vector>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

bool is_prefix(const VolumeInfo& volume, std::string_view display_path) {
  const std::string_view mount = volume.mount;
  if (display_path.size() <= mount.size() || display_path[mount.size()] != '/') return false;
  const std::string_view head = display_path.substr(0, mount.size());
  return volume.style == PathStyle::kWindows ? fold_case(head) == fold_case(mount) : head == mount;
}

constexpr int kMaxLinks = 40;  // as Linux itself

// The display path that a link at `link_path` points to; '.' and '..' are resolved by name.
std::string join_link(std::string_view link_path, std::string_view target) {
  std::string joined(target);
  if (!target.starts_with('/')) {
    joined = std::string(link_path.substr(0, link_path.rfind('/') + 1)) + joined;
  }
  std::vector<std::string_view> parts;
  std::string_view rest = joined;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : parts) (out += '/') += part;
  return out;
}

}  // namespace

std::optional<VolumePath> find_volume(std::span<const std::unique_ptr<FileSystem>> volumes,
                                      std::string_view display_path) {
  FileSystem* best = nullptr;
  for (const auto& volume : volumes) {
    if (!is_prefix(volume->info(), display_path)) continue;
    if (!best || volume->info().mount.size() > best->info().mount.size()) best = volume.get();
  }
  if (!best) return std::nullopt;
  return VolumePath{best, std::string(display_path.substr(best->info().mount.size() + 1))};
}

Result<std::pair<FileSystem*, Entry>> follow_links(
    std::span<const std::unique_ptr<FileSystem>> volumes, std::string display_path) {
  std::string current = std::move(display_path);
  std::size_t checked = 0;  // `current` holds no link before this
  for (int links = 0; links < kMaxLinks;) {
    const std::size_t end = std::min(current.find('/', checked + 1), current.size());
    const std::string prefix = current.substr(0, end);
    const auto place = find_volume(volumes, prefix);
    if (!place) {  // a drive letter or the mount itself
      if (end == current.size()) return fail(ErrorCode::kNotFound, current);
      checked = end;
      continue;
    }
    KONSEKI_ASSIGN(Entry entry, place->file_system->stat(place->path));
    if (entry.type == FileType::kSymlink && place->file_system->info().style == PathStyle::kPosix) {
      current = join_link(prefix, entry.link_target) + current.substr(end);
      checked = 0;
      ++links;
    } else if (end == current.size()) {
      return std::pair(place->file_system, std::move(entry));
    } else {
      checked = end;
    }
  }
  return fail(ErrorCode::kLimitExceeded, "too many links: " + current);
}

}  // namespace konseki

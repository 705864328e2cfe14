#include "agent/artifact/evidence_links.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "agent/base/unicode.h"

namespace konseki {
namespace {

constexpr int kMaxLinks = 40;                      // as Linux has it, path_resolution(7)
constexpr std::size_t kMaxSteps = 4096;            // names on the way
constexpr std::uint32_t kMountPoint = 0xA0000003;  // IO_REPARSE_TAG_MOUNT_POINT
constexpr std::uint32_t kSymlink = 0xA000000C;     // IO_REPARSE_TAG_SYMLINK

bool has_drive(std::string_view path) { return path.size() >= 2 && path[1] == ':'; }

// An unlettered volume of an image is a world of its own.
bool is_unplaced(const VolumeInfo& volume) {
  return volume.mount.find("$fs$") != std::string::npos;
}

bool same_prefix(const VolumeInfo& volume, std::string_view path) {
  const std::string& mount = volume.mount;
  if (path.size() < mount.size()) return false;
  if (path.size() > mount.size() && path[mount.size()] != '/') return false;
  const std::string_view head = path.substr(0, mount.size());
  return has_windows_paths(volume) ? fold_case(head) == fold_case(mount) : head == mount;
}

void prepend(std::deque<std::string>& names, std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  names.insert(names.begin(), parts.begin(), parts.end());
}

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

bool has_windows_paths(const VolumeInfo& volume) {
  if (volume.mount.empty()) return volume.style == PathStyle::kWindows;
  return volume.mount[0] != '/';
}

bool is_link(const Entry& entry) {
  if (entry.link_target.empty()) return false;
  return entry.type == FileType::kSymlink || entry.reparse_tag == kMountPoint ||
         entry.reparse_tag == kSymlink;
}

std::optional<EvidenceLinks::Place> EvidenceLinks::locate(std::string_view display_path) const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < volumes_.size(); ++i) {
    const VolumeInfo& volume = volumes_[i]->info();
    if (!same_prefix(volume, display_path)) continue;
    if (!best || volume.mount.size() > volumes_[*best]->info().mount.size()) best = i;
  }
  if (!best) return std::nullopt;
  std::string_view rest = display_path.substr(volumes_[*best]->info().mount.size());
  while (rest.starts_with('/')) rest.remove_prefix(1);
  return Place{*best, std::string(rest)};
}

std::string EvidenceLinks::root_of(std::size_t volume) const {
  const VolumeInfo& info = volumes_[volume]->info();
  return is_unplaced(info) || has_windows_paths(info) ? info.mount : std::string();
}

// The display path that the link names, not yet resolved; `root` becomes what ".." stops at.
std::optional<std::string> EvidenceLinks::absolute_target(std::size_t volume, const Entry& link,
                                                          std::string& root) const {
  const VolumeInfo& info = volumes_[volume]->info();
  std::string target = link.link_target;
  root = root_of(volume);
  if (has_windows_paths(info)) {
    std::replace(target.begin(), target.end(), '\\', '/');
    if (target.starts_with("/?"
                           "?/") ||
        target.starts_with("//?/"))
      target.erase(0, 4);
    if (has_drive(target)) {
      const auto place = locate(target.substr(0, 2));
      if (!place) return std::nullopt;
      root = volumes_[place->volume]->info().mount;
      return target.substr(2);
    }
    if (target.starts_with("Volume{")) return std::nullopt;  // a volume known by GUID alone
  }
  if (target.starts_with('/')) return target;
  std::string folder = info.display_path(parent_of(link.path));
  return folder.substr(root.size()) + "/" + target;
}

std::optional<LocatedEntry> EvidenceLinks::follow(std::size_t volume, const Entry& link) {
  std::string root;
  auto target = absolute_target(volume, link, root);
  if (!target) return std::nullopt;
  std::deque<std::string> names;
  prepend(names, *target);
  std::vector<std::string> path;  // below root, no links in it
  LocatedEntry found;
  auto enter_root = [&]() -> bool {
    const auto place = locate(root);
    if (!place) return false;
    auto entry = volumes_[place->volume]->stat(place->path);
    found.volume = place->volume;
    found.entry = entry ? std::move(*entry) : Entry{};
    found.entry.type = FileType::kDirectory;
    return true;
  };
  auto display = [&] {
    std::string text = root;
    for (const std::string& name : path) text += "/" + name;
    return text;
  };
  if (!enter_root()) return std::nullopt;
  int links = 1;
  for (std::size_t step = 0; !names.empty(); ++step) {
    if (step > kMaxSteps) return std::nullopt;
    const std::string name = std::move(names.front());
    names.pop_front();
    if (name == ".") continue;
    if (name == "..") {
      if (!path.empty()) path.pop_back();
    } else {
      path.push_back(name);
    }
    const auto place = locate(display());
    if (!place) return std::nullopt;
    auto entry = volumes_[place->volume]->stat(place->path);
    if (!entry) {
      if (!place->path.empty()) return std::nullopt;
      entry = Entry{};  // the root of a volume that does not stat it
      entry->type = FileType::kDirectory;
    }
    if (is_link(*entry)) {
      if (++links > kMaxLinks) return std::nullopt;
      auto next = absolute_target(place->volume, *entry, root);
      if (!next) return std::nullopt;
      prepend(names, *next);
      path.clear();
      if (!enter_root()) return std::nullopt;
      continue;
    }
    if (!names.empty() && entry->type != FileType::kDirectory) return std::nullopt;
    found = {place->volume, std::move(*entry)};
  }
  if (found.entry.type == FileType::kDirectory) {
    const std::string folder = volumes_[found.volume]->info().display_path(found.entry.path);
    const std::string from = volumes_[volume]->info().display_path(link.path);
    const std::string_view head = folder.ends_with('/')
                                      ? std::string_view(folder).substr(0, folder.size() - 1)
                                      : std::string_view(folder);
    if (from.starts_with(head) && (from.size() == head.size() || from[head.size()] == '/')) {
      return std::nullopt;
    }
  }
  return found;
}

}  // namespace konseki

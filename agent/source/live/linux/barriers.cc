#include "agent/source/live/linux/barriers.h"

#include <algorithm>
#include <map>

#include "agent/source/live/linux/real_path.h"

namespace konseki {

Barriers::Barriers(std::string root, const LocalTreeOptions& options)
    : root_(root == "/" ? "" : std::move(root)),
      cross_all_(options.cross_all),
      own_media_(options.own_media) {
  for (const std::string& excluded : options.exclude) {
    std::string path;
    if (inside(real_path_of_future(excluded), path) && covering(path) == nullptr) {
      add({.path = std::move(path), .type = "", .source = "", .reason = "excluded"});
    }
  }
}

void Barriers::update(const std::vector<Mount>& mounts) {
  std::map<std::string, const Mount*> seen;  // the one on top at each point
  for (const Mount& mount : mounts) {
    mount_ids_.insert(mount.id);
    std::string path;
    if (inside(mount.point, path)) seen[path] = &mount;
  }
  for (const auto& [path, mount] : seen) {
    std::string reason(cross_all_ ? "" : skip_reason(*mount));
    if (std::find(own_media_.begin(), own_media_.end(), mount->point) != own_media_.end()) {
      reason = "own_medium";
    }
    if (reason.empty() || covering(path) != nullptr) continue;
    add({.path = path, .type = mount->type, .source = mount->source, .reason = std::move(reason)});
  }
}

const SkippedPlace* Barriers::covering(std::string_view path) const {
  for (const SkippedPlace& place : places_) {
    const std::string_view barrier = place.path;
    if (path.substr(0, barrier.size()) == barrier &&
        (path.size() == barrier.size() || path[barrier.size()] == '/')) {
      return &place;
    }
  }
  return nullptr;
}

const std::vector<std::string>* Barriers::names_in(const std::string& directory) const {
  if (names_.empty()) return nullptr;
  const auto found = names_.find(directory);
  return found == names_.end() ? nullptr : &found->second;
}

void Barriers::add(SkippedPlace place) {
  const auto slash = place.path.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : place.path.substr(0, slash);
  names_[parent].push_back(place.path.substr(slash == std::string::npos ? 0 : slash + 1));
  const auto at = std::upper_bound(
      places_.begin(), places_.end(), place,
      [](const SkippedPlace& a, const SkippedPlace& b) { return a.path < b.path; });
  places_.insert(at, std::move(place));
}

bool Barriers::inside(std::string_view absolute, std::string& path) const {
  if (absolute.size() <= root_.size() + 1 || absolute.substr(0, root_.size()) != root_ ||
      absolute[root_.size()] != '/') {
    return false;
  }
  path = absolute.substr(root_.size() + 1);
  return true;
}

}  // namespace konseki

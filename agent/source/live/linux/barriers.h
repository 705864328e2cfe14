// Barriers: the places of a tree that are not looked into.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "agent/source/live/linux/mount_table.h"
#include "agent/source/live/local_tree.h"

namespace konseki {

class Barriers {
 public:
  // `root` is the absolute path of the tree, without links. Mounts that show below it become
  // barriers as `options` say; the root's own mount never does, and neither do excluded paths
  // at or above the root.
  Barriers(std::string root, const LocalTreeOptions& options);

  // Takes the mount table anew: whatever appeared since becomes a barrier too.
  void update(const std::vector<Mount>& mounts);

  std::span<const SkippedPlace> places() const { return places_; }

  // The barrier at or above `path` (as Entry::path); null when the way is free.
  const SkippedPlace* covering(std::string_view path) const;

  // Names directly in `directory` that are barriers; null for almost every directory.
  const std::vector<std::string>* names_in(const std::string& directory) const;

  bool knows_mount(std::uint64_t id) const { return mount_ids_.contains(id); }

 private:
  void add(SkippedPlace place);
  // `path` inside the tree, or false when it is outside or the root itself.
  bool inside(std::string_view absolute, std::string& path) const;

  std::string root_;  // without trailing '/', so "" for "/"
  bool cross_all_;
  std::vector<std::string> own_media_;
  std::vector<SkippedPlace> places_;  // in order of path
  std::unordered_map<std::string, std::vector<std::string>> names_;
  std::unordered_set<std::uint64_t> mount_ids_;
};

}  // namespace konseki

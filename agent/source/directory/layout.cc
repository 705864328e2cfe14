#include "agent/source/directory/layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "agent/base/unicode.h"
#include "agent/source/directory/cdir_layout.h"
#include "agent/source/directory/collected_name.h"

namespace konseki {
namespace {

constexpr int kLoneDirectories = 3;

std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The children of one directory, found by any spelling.
class Folder {
 public:
  Folder(FileSystem& tree, const std::string& path) {
    const auto listed = tree.list(path, [&](const Entry& entry) {
      names_.emplace(fold_case(entry.name()), Child{entry.path, entry.type});
      return WalkAction::kContinue;
    });
    if (!listed) names_.clear();
  }

  struct Child {
    std::string path;
    FileType type;
  };

  bool has(std::string_view folded) const { return names_.contains(std::string(folded)); }
  // Path of a directory of that name; "" when there is none.
  std::string directory(std::string_view folded) const {
    const auto found = names_.find(std::string(folded));
    const bool is = found != names_.end() && found->second.type == FileType::kDirectory;
    return is ? found->second.path : "";
  }
  const std::multimap<std::string, Child>& children() const { return names_; }

 private:
  std::multimap<std::string, Child> names_;  // by folded name
};

bool is_windows_system(FileSystem& tree, const Folder& volume) {
  for (const std::string_view name : {"windows", "winnt"}) {
    const std::string path = volume.directory(name);
    if (!path.empty() && Folder(tree, path).has("system32")) return true;
  }
  return false;
}

// A Windows volume, the system's or not.
bool is_windows_volume(FileSystem& tree, const Folder& volume) {
  if (is_windows_system(tree, volume)) return true;
  constexpr std::array<std::string_view, 11> kNames = {
      "windows", "users", "programdata", "program files",          "$recycle.bin", "recycler",
      "$extend", "$mft",  "$logfile",    "documents and settings", "windows.old"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return volume.has(name); });
}

bool is_linux_root(const Folder& volume) {
  if (volume.directory("etc").empty()) return false;
  constexpr std::array<std::string_view, 7> kNames = {"var",  "usr",  "bin", "home",
                                                      "root", "proc", "lib"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return volume.has(name); });
}

// A home or backup directory may hold an "etc" and a "bin" of its own: below the top more is
// asked before paths are said to start there.
bool is_sure_linux_root(FileSystem& tree, const Folder& volume) {
  if (!is_linux_root(volume)) return false;
  const Folder settings(tree, volume.directory("etc"));
  return settings.has("passwd") || settings.has("hostname") || settings.has("os-release");
}

VolumeLayout windows_volume(std::string mount, std::vector<std::string> layers) {
  VolumeLayout volume;
  volume.mount = std::move(mount);
  volume.style = PathStyle::kWindows;
  volume.tree.layers = std::move(layers);
  volume.tree.split_streams = true;
  return volume;
}

VolumeLayout linux_volume(std::string mount, std::string root) {
  VolumeLayout volume;
  volume.mount = std::move(mount);
  volume.tree.layers = {std::move(root)};
  return volume;
}

// Volumes by mount; layers of one mount are joined.
class VolumeSet {
 public:
  VolumeLayout& add(VolumeLayout volume) {
    for (VolumeLayout& known : volumes_) {
      if (known.mount != volume.mount) continue;
      for (std::string& layer : volume.tree.layers) {
        known.tree.layers.push_back(std::move(layer));
      }
      return known;
    }
    volumes_.push_back(std::move(volume));
    return volumes_.back();
  }

  // The system's volume first, then drives by letter, then the rest by name.
  std::vector<VolumeLayout> sorted(FileSystem& tree) {
    const auto rank = [&](const VolumeLayout& volume) {
      for (const std::string& layer : volume.tree.layers) {
        const Folder folder(tree, layer);
        if (volume.mount.empty() || (volume.mount.size() == 2 && is_windows_system(tree, folder))) {
          return 0;
        }
      }
      return volume.mount.size() == 2 ? 1 : 2;
    };
    std::vector<std::pair<int, VolumeLayout>> ranked;
    for (VolumeLayout& volume : volumes_) {
      const int value = rank(volume);
      ranked.emplace_back(value, std::move(volume));
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first, std::string_view(a.second.mount)) <
             std::pair(b.first, std::string_view(b.second.mount));
    });
    std::vector<VolumeLayout> volumes;
    for (auto& [ignored, volume] : ranked) volumes.push_back(std::move(volume));
    return volumes;
  }

  bool empty() const { return volumes_.empty(); }

 private:
  std::vector<VolumeLayout> volumes_;
};

// What lies in the collection beside its volumes, as a volume of its own.
void add_rest(FileSystem& tree, Layout& layout) {
  VolumeLayout rest;
  const bool windows = layout.volumes.front().style == PathStyle::kWindows;
  rest.mount = windows ? "$fs$/collection" : "/$fs$/collection";
  rest.label = layout.format;
  rest.tree.layers = {""};
  for (const VolumeLayout& volume : layout.volumes) {
    for (const std::string& layer : volume.tree.layers) rest.tree.hidden.insert(layer);
    for (const PlacedFile& file : volume.files) rest.tree.hidden.insert(file.base_path);
  }
  if (rest.tree.hidden.contains("")) return;  // a volume is all of it
  bool any = false;
  const auto walked = tree.walk({}, [&](const Entry& entry) {
    if (rest.tree.hidden.contains(entry.path)) return WalkAction::kSkipSubtree;
    any = any || entry.type != FileType::kDirectory;
    return any ? WalkAction::kStop : WalkAction::kContinue;
  });
  any = any || !walked;
  if (any) layout.volumes.push_back(std::move(rest));
}

// Subdirectories of `path` that name a volume as acquire and our own export write them.
void add_named_volumes(FileSystem& tree, const std::string& path, VolumeSet& volumes) {
  for (const Folder inside(tree, path); const auto& [name, child] : inside.children()) {
    if (child.type != FileType::kDirectory) continue;
    if (const auto letter = drive_letter(name)) {
      volumes.add(windows_volume({*letter, ':'}, {child.path}));
    } else if (name == "sysvol") {
      volumes.add(windows_volume("C:", {child.path}));
    } else if (name == "$rootfs$") {
      volumes.add(linux_volume("", child.path));
    } else if (name == "$fs$") {
      for (const Folder others(tree, child.path);
           const auto& [ignored, unlettered] : others.children()) {
        if (unlettered.type != FileType::kDirectory) continue;
        volumes.add(windows_volume("$fs$/" + last_name(unlettered.path), {unlettered.path}));
      }
    }
  }
}

std::optional<Layout> detect_konseki(FileSystem& tree, const Folder& top) {
  const std::string metadata = top.directory("konseki");
  if (metadata.empty() || !Folder(tree, metadata).has("run.json")) return std::nullopt;
  VolumeSet volumes;
  if (const std::string root = top.directory("[root]"); !root.empty()) {
    VolumeLayout& volume = volumes.add(linux_volume("", root));
    if (const std::string others = Folder(tree, root).directory("$fs$"); !others.empty()) {
      volume.tree.hidden.insert(others);
      for (const Folder inside(tree, others); const auto& [ignored, child] : inside.children()) {
        if (child.type != FileType::kDirectory) continue;
        volumes.add(linux_volume("/$fs$/" + last_name(child.path), child.path));
      }
    }
  }
  if (const std::string root = top.directory("fs"); !root.empty()) {
    add_named_volumes(tree, root, volumes);
  }
  if (volumes.empty()) return std::nullopt;
  return Layout{"konseki", volumes.sorted(tree)};
}

std::optional<Layout> detect_uac(const Folder& top) {
  const std::string root = top.directory("[root]");
  if (root.empty() || (!top.has("uac.log") && !top.has("live_response"))) return std::nullopt;
  return Layout{"uac", {linux_volume("", root)}};
}

std::optional<Layout> detect_velociraptor(FileSystem& tree, const Folder& top) {
  const std::string uploads = top.directory("uploads");
  if (uploads.empty()) return std::nullopt;
  const Folder accessors(tree, uploads);
  VolumeSet volumes;
  // Raw readers first: where several took a file, theirs is the one nobody could alter.
  for (const std::string_view accessor :
       {"ntfs", "lazy_ntfs", "mft", "ntfs_vss", "raw_ext4", "ext4", "auto", "file"}) {
    const std::string path = accessors.directory(accessor);
    if (path.empty()) continue;
    const Folder folder(tree, path);
    if (is_linux_root(folder) || !folder.directory("etc").empty() ||
        !folder.directory("var").empty() || !folder.directory("home").empty()) {
      volumes.add(linux_volume("", path));
      continue;
    }
    for (const auto& [ignored, child] : folder.children()) {
      if (child.type != FileType::kDirectory) continue;
      const std::string stored = last_name(child.path);
      const std::string name = percent_decoded(stored).value_or(stored);
      if (const auto letter = drive_letter(stored)) {
        volumes.add(windows_volume({*letter, ':'}, {child.path}));
      } else if (const auto copy = name.find("HarddiskVolumeShadowCopy");
                 copy != std::string::npos) {
        std::string label = name.substr(copy);
        label.resize(std::min(label.size(), label.find_first_of("\\/")));
        VolumeLayout volume = windows_volume("$fs$/" + label, {child.path});
        volume.label = label;
        volumes.add(std::move(volume));
      }
    }
  }
  if (volumes.empty()) return std::nullopt;
  Layout layout{"velociraptor", volumes.sorted(tree)};
  for (VolumeLayout& volume : layout.volumes) {
    volume.tree.percent_names = true;
    volume.tree.sparse_maps = true;
  }
  return layout;
}

std::optional<Layout> detect_acquire(FileSystem& tree, const std::string& root, const Folder& top) {
  VolumeSet volumes;
  if (const std::string path = top.directory("fs"); !path.empty()) {
    add_named_volumes(tree, path, volumes);
  } else if (const std::string old = top.directory("sysvol");
             !old.empty() && is_windows_volume(tree, Folder(tree, old))) {
    add_named_volumes(tree, root, volumes);
  }
  if (volumes.empty()) return std::nullopt;
  return Layout{"acquire", volumes.sorted(tree)};
}

std::optional<Layout> detect_cdir(FileSystem& tree, const std::string& root) {
  auto drives = cdir_files(tree, root);
  if (!drives) return std::nullopt;
  VolumeSet volumes;
  for (auto& [letter, files] : *drives) {
    VolumeLayout& volume = volumes.add(windows_volume({letter, ':'}, {}));
    volume.files = std::move(files);
  }
  return Layout{"cdir", volumes.sorted(tree)};
}

std::optional<Layout> detect_drives(FileSystem& tree, const Folder& top) {
  VolumeSet volumes;
  bool sure = false;
  for (const auto& [name, child] : top.children()) {
    if (child.type != FileType::kDirectory) continue;
    const auto letter = drive_letter(name);
    if (!letter) continue;
    sure = sure || is_windows_volume(tree, Folder(tree, child.path));
    volumes.add(windows_volume({*letter, ':'}, {child.path}));
  }
  if (!sure) return std::nullopt;
  return Layout{top.has("cylr.log") ? "cylr" : "kape", volumes.sorted(tree)};
}

std::optional<Layout> detect_at(FileSystem& tree, const std::string& root) {
  const Folder top(tree, root);
  auto layout = detect_konseki(tree, top);
  if (!layout) layout = detect_uac(top);
  if (!layout) layout = detect_velociraptor(tree, top);
  if (!layout) layout = detect_acquire(tree, root, top);
  if (!layout) layout = detect_cdir(tree, root);
  if (!layout && is_windows_system(tree, top)) {
    layout = Layout{"tree", {windows_volume("C:", {root})}};
    // A volume as it is: nothing is renamed, and a walk may go straight through it.
    layout->volumes.front().tree.split_streams = !root.empty();
  }
  if (!layout && (root.empty() ? is_linux_root(top) : is_sure_linux_root(tree, top))) {
    layout = Layout{top.has("cylr.log") ? "cylr" : "tree", {linux_volume("", root)}};
  }
  if (!layout) layout = detect_drives(tree, top);
  if (layout) add_rest(tree, *layout);
  return layout;
}

}  // namespace

Layout detect_layout(FileSystem& tree) {
  std::string root;
  for (int depth = 0; depth <= kLoneDirectories; ++depth) {
    if (auto layout = detect_at(tree, root)) return *std::move(layout);
    const Folder folder(tree, root);
    std::string next;
    for (const auto& [ignored, child] : folder.children()) {
      if (child.type != FileType::kDirectory) continue;
      if (!next.empty()) {
        next.clear();
        break;
      }
      next = child.path;
    }
    if (next.empty()) break;
    root = next;
  }
  return Layout{"tree", {linux_volume("", "")}};
}

}  // namespace konseki

#include "agent/source/directory/directory_source.h"

#include <utility>

#include "agent/source/directory/layout.h"
#include "agent/source/live/live_source.h"
#include "agent/source/live/local_tree.h"

namespace konseki {
namespace {

class DirectorySource : public Source {
 public:
  static Result<std::unique_ptr<Source>> open_at(const std::string& location,
                                                 const DirectoryOptions& options) {
    std::unique_ptr<DirectorySource> source(new DirectorySource(location, options));
    KONSEKI_ASSIGN(const auto tree, source->open_tree("", ""));
    Layout layout = detect_layout(*tree);
    source->info_.format = std::move(layout.format);
    for (VolumeLayout& volume : layout.volumes) KONSEKI_TRY(source->add(std::move(volume)));
    source->unreadable_ = unreadable_of(tree->skipped(), "");
    return source;
  }

  const SourceInfo& info() const override { return info_; }
  std::span<const std::unique_ptr<FileSystem>> file_systems() override { return file_systems_; }
  std::span<const UnreadableVolume> unreadable() const override { return unreadable_; }

  std::vector<Bilingual> side_effects() const override {
    AccessTimeImpact sum;
    for (const auto& tree : trees_) {
      const AccessTimeImpact impact = tree->access_time_impact();
      sum.files += impact.files;
      sum.directories += impact.directories;
      sum.links += impact.links;
    }
    return side_effects_of(sum);
  }

 private:
  DirectorySource(const std::string& location, const DirectoryOptions& options)
      : options_(options) {
    info_.kind = SourceKind::kDirectory;
    info_.location = location;
  }

  // The directory `below` the location, as a volume of that mount.
  Result<std::shared_ptr<LocalTree>> open_tree(const std::string& below, std::string mount) {
    const std::string path = below.empty() ? info_.location : info_.location + "/" + below;
    KONSEKI_ASSIGN(auto opened, open_local_tree(path, {.mount = std::move(mount),
                                                       .cross_all = options_.cross_all,
                                                       .kernel_files = false,
                                                       .exclude = options_.exclude,
                                                       .own_media = {},
                                                       .own_files = {}}));
    std::shared_ptr<LocalTree> tree = std::move(opened);
    trees_.push_back(tree);
    return tree;
  }

  // Each volume reads through a tree of its own, so that each may have a thread of its own.
  Result<void> add(VolumeLayout volume) {
    const bool one_directory = volume.files.empty() && volume.tree.layers.size() == 1;
    const std::string root = one_directory && volume.tree.hidden.empty()
                                 ? std::exchange(volume.tree.layers.front(), "")
                                 : "";
    KONSEKI_ASSIGN(const std::shared_ptr<LocalTree> base, open_tree(root, volume.mount));
    VolumeInfo info = base->info();
    info.style = volume.style;
    if (!volume.label.empty()) info.label = std::move(volume.label);
    if (!volume.files.empty()) {
      file_systems_.push_back(std::make_unique<MappedTree>(base, std::move(info), volume.files));
    } else {
      file_systems_.push_back(
          std::make_unique<LayeredTree>(base, std::move(info), std::move(volume.tree)));
    }
    return {};
  }

  DirectoryOptions options_;
  SourceInfo info_;
  std::vector<std::shared_ptr<LocalTree>> trees_;  // everything that reads the directory
  std::vector<std::unique_ptr<FileSystem>> file_systems_;
  std::vector<UnreadableVolume> unreadable_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_directory_source(const std::string& location,
                                                      const DirectoryOptions& options) {
  return DirectorySource::open_at(location, options);
}

}  // namespace konseki

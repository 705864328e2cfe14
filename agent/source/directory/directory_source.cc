#include "agent/source/directory/directory_source.h"

#include "agent/source/live/live_source.h"
#include "agent/source/live/local_tree.h"

namespace konseki {
namespace {

class DirectorySource : public Source {
 public:
  DirectorySource(std::string location, std::unique_ptr<LocalTree> tree) : tree_(tree.get()) {
    info_.kind = SourceKind::kDirectory;
    info_.location = std::move(location);
    info_.format = "tree";
    unreadable_ = unreadable_of(tree_->skipped(), tree_->info().mount);
    file_systems_.push_back(std::move(tree));
  }

  const SourceInfo& info() const override { return info_; }
  std::span<const std::unique_ptr<FileSystem>> file_systems() override { return file_systems_; }
  std::span<const UnreadableVolume> unreadable() const override { return unreadable_; }
  std::vector<Bilingual> side_effects() const override {
    return side_effects_of(tree_->access_time_impact());
  }

 private:
  SourceInfo info_;
  LocalTree* tree_;  // the first of file_systems_
  std::vector<std::unique_ptr<FileSystem>> file_systems_;
  std::vector<UnreadableVolume> unreadable_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_directory_source(const std::string& location,
                                                      const DirectoryOptions& options) {
  KONSEKI_ASSIGN(auto tree, open_local_tree(location, {.mount = "",
                                                       .cross_all = options.cross_all,
                                                       .kernel_files = false,
                                                       .exclude = options.exclude,
                                                       .own_media = {}}));
  return std::make_unique<DirectorySource>(location, std::move(tree));
}

}  // namespace konseki

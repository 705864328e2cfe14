#include "agent/source/live/live_source.h"

#include <sys/stat.h>

#include <set>

#include "agent/source/live/linux/linux_commands.h"
#include "agent/source/live/linux/linux_host.h"
#include "agent/source/live/linux/output_media.h"
#include "agent/source/live/linux/real_path.h"
#include "agent/source/live/live_memory.h"

namespace konseki {
namespace {

class LinuxLiveSource : public Source {
 public:
  LinuxLiveSource(std::unique_ptr<LocalTree> tree, std::unique_ptr<LinuxHost> host)
      : host_(std::move(host)), tree_(tree.get()) {
    info_.kind = SourceKind::kLive;
    info_.location = "live";
    info_.format = "linux";
    unreadable_ = unreadable_of(tree_->skipped(), tree_->info().mount);
    file_systems_.push_back(std::move(tree));
  }

  const SourceInfo& info() const override { return info_; }
  std::span<const std::unique_ptr<FileSystem>> file_systems() override { return file_systems_; }
  std::span<const UnreadableVolume> unreadable() const override { return unreadable_; }
  LiveHost* live() override { return host_.get(); }
  HostCommands* commands() override { return &commands_; }
  ProcessMemory* memory() override { return memory_.get(); }
  std::vector<Bilingual> side_effects() const override {
    return side_effects_of(tree_->access_time_impact());
  }

 private:
  SourceInfo info_;
  std::unique_ptr<LinuxHost> host_;
  LinuxCommands commands_;
  std::unique_ptr<ProcessMemory> memory_ = open_live_memory();
  LocalTree* tree_;  // the first of file_systems_
  std::vector<std::unique_ptr<FileSystem>> file_systems_;
  std::vector<UnreadableVolume> unreadable_;
};

// Mounts of the responder's own media that this program or its output lies on.
std::vector<std::string> own_media(const std::vector<std::string>& outputs) {
  const auto media = this_machines_media();
  if (!media) return {};
  std::set<std::string> points;
  const auto consider = [&](const std::string& path) {
    const Mount* mount = mount_of(media->mounts, path);
    if (mount != nullptr && is_responder_medium(*media, *mount)) points.insert(mount->point);
  };
  consider(media->executable);
  for (const std::string& output : outputs) consider(real_path_of_future(output));
  return {points.begin(), points.end()};
}

}  // namespace

Result<std::unique_ptr<Source>> open_live_source(const LiveOptions& options) {
  KONSEKI_ASSIGN(auto host, LinuxHost::open_host());
  KONSEKI_ASSIGN(auto tree, open_local_tree("/", {.mount = "",
                                                  .cross_all = options.cross_all,
                                                  .kernel_files = false,
                                                  .exclude = {},
                                                  .own_media = own_media(options.outputs),
                                                  .own_files = options.own_files}));
  return std::make_unique<LinuxLiveSource>(std::move(tree), std::move(host));
}

}  // namespace konseki

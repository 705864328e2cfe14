#include "agent/source/live/live_source.h"

#include <windows.h>

#include <algorithm>
#include <map>

#include "agent/source/image/disk.h"
#include "agent/source/image/fve_metadata.h"
#include "agent/source/image/shadow_volumes.h"
#include "agent/source/image/volumes.h"
#include "agent/source/live/fallback_file_system.h"
#include "agent/source/live/live_memory.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/volume_plan.h"
#include "agent/source/live/windows/raw_device.h"
#include "agent/source/live/windows/volume_list.h"
#include "agent/source/live/windows/windows_host.h"

namespace konseki {
namespace {

struct OpenDisk {
  std::string name;
  std::shared_ptr<Disk> disk;
};

class WindowsLiveSource : public Source {
 public:
  static Result<std::unique_ptr<Source>> open_host(const LiveOptions& options) {
    auto source = std::make_unique<WindowsLiveSource>(options);
    source->open_volumes();
    if (source->file_systems_.empty()) {
      return fail(ErrorCode::kPermissionDenied, "no volume of this host could be opened",
                  {"Run as administrator (right-click, Run as administrator).",
                   "管理者として実行してください (右クリックして「管理者として実行」)。"});
    }
    return source;
  }

  explicit WindowsLiveSource(const LiveOptions& options) : options_(options) {
    info_.kind = SourceKind::kLive;
    info_.location = "live";
    info_.format = "windows";
  }

  const SourceInfo& info() const override { return info_; }
  std::span<const std::unique_ptr<FileSystem>> file_systems() override { return file_systems_; }
  std::span<const UnreadableVolume> unreadable() const override { return unreadable_; }
  std::span<const VolumeDetail> details() const override { return volumes_.details; }
  LiveHost* live() override { return host_.get(); }
  ProcessMemory* memory() override { return memory_.get(); }

  std::vector<Bilingual> side_effects() const override {
    WindowsFootprint footprint = footprint_;
    for (const FallbackFileSystem* volume : with_fallback_) {
      footprint.files_through_system += volume->opened_by_system();
    }
    return side_effects_of(footprint);
  }

  std::vector<MediumDamage> damage() const override {
    std::vector<MediumDamage> all;
    for (const OpenDisk& each : disks_) {
      for (MediumDamage& damage : damage_of(*each.disk, each.name))
        all.push_back(std::move(damage));
    }
    return all;
  }

 private:
  // Where a volume of the plan ended up: one of `volumes_.opened`, or a tree of the system.
  struct Opened {
    std::size_t first = 0;  // in volumes_.opened
    std::size_t count = 0;
    std::unique_ptr<FileSystem> tree;
    std::string folder;
  };

  void open_volumes() {
    std::vector<std::string> own_paths = options_.outputs;
    if (auto program = own_executable_path()) {
      footprint_.executable = *program;
      own_paths.push_back(*std::move(program));
    }
    // Backup semantics open what access lists would deny; for files that cannot be read raw.
    if (enable_privilege(L"SeBackupPrivilege")) {
      footprint_.privileges.emplace_back("SeBackupPrivilege");
    }
    VolumePlan plan = plan_volumes(list_volumes(own_paths), options_.cross_all);
    unreadable_ = std::move(plan.unreadable);
    std::vector<Opened> opened;
    for (const VolumePlan::Item& item : plan.items) opened.push_back(open_volume(item));
    open_shadow_copies(volumes_, options_.snapshots);
    for (Opened& each : opened) keep(std::move(each));
    for (OpenedVolume& copy : volumes_.opened) {  // what is left are shadow copies
      if (copy.file_system) file_systems_.push_back(std::move(copy.file_system));
    }
    std::move(volumes_.unreadable.begin(), volumes_.unreadable.end(),
              std::back_inserter(unreadable_));
    note_executable(plan);
    host_ = std::make_unique<WindowsHost>(is_elevated() && !denied_);
  }

  Opened open_volume(const VolumePlan::Item& item) {
    Opened opened;
    opened.folder = item.volume.folder;
    opened.first = volumes_.opened.size();
    const std::size_t unreadable = volumes_.unreadable.size();
    auto raw = open_medium(item);
    if (raw) {
      Place place;
      place.name = item.mount;
      place.description = item.volume.file_system;
      place.offset = item.volume.offset;
      place.size = (*raw)->size();
      place.open = [disk = *raw] { return slice_disk(disk, 0, disk->size()); };
      open_place(place, volumes_);
      opened.count = volumes_.opened.size() - opened.first;
      for (std::size_t i = 0; i < opened.count; ++i) {
        MountableFileSystem& volume = *volumes_.opened[opened.first + i].file_system;
        volume.set_mount(item.mount + (i == 0 ? "" : "~" + std::to_string(i + 1)));
        note_encryption(item.volume, volume.info().mount);
      }
      if (opened.count > 0) return opened;
    }
    // Not readable raw: a file system that only Windows knows, or no rights.
    auto tree = open_tree(item);
    if (tree) {
      volumes_.unreadable.resize(unreadable);
      if (!raw) note_raw_failure(item, raw.error(), true);
      opened.tree = *std::move(tree);
      footprint_.trees_through_system.push_back(item.mount);
      return opened;
    }
    if (!raw) {
      note_raw_failure(item, raw.error(), false);
    } else {
      advise_to_unlock(item, unreadable);
    }
    return opened;
  }

  Result<std::shared_ptr<Disk>> open_medium(const VolumePlan::Item& item) {
    if (item.volume.device.empty()) return fail(ErrorCode::kUnsupported, "a network drive");
    return open_disk_named(item.volume.device);
  }

  Result<std::shared_ptr<Disk>> open_disk_named(const std::string& name) {
    for (const OpenDisk& each : disks_) {
      if (each.name == name) return each.disk;
    }
    KONSEKI_ASSIGN(auto reader, open_raw_medium(name));
    auto disk = std::make_shared<Disk>(std::move(reader), "raw");
    disks_.push_back({name, disk});
    footprint_.devices.push_back(name);
    return disk;
  }

  Result<std::unique_ptr<FileSystem>> open_tree(const VolumePlan::Item& item) {
    KONSEKI_ASSIGN(auto tree,
                   open_local_tree(item.volume.folder, {.mount = item.mount,
                                                        .cross_all = options_.cross_all,
                                                        .kernel_files = false,
                                                        .exclude = {},
                                                        .own_media = {},
                                                        .own_files = options_.own_files}));
    return std::unique_ptr<FileSystem>(std::move(tree));
  }

  void note_encryption(const HostVolume& volume, const std::string& mount) {
    std::string encryption = encryption_on_disk(volume);
    if (encryption.empty()) return;
    VolumeDetail& detail = volumes_.details.emplace_back();
    detail.mount = mount;
    detail.encryption = std::move(encryption);
  }

  // The volume's device answers in the clear once it is unlocked; the disk below tells the truth.
  std::string encryption_on_disk(const HostVolume& volume) {
    if (!volume.disk) return {};
    const auto disk = open_disk_named("\\\\.\\PhysicalDrive" + std::to_string(*volume.disk));
    if (!disk || volume.offset >= (*disk)->size()) return {};
    const auto bytes = slice_disk(*disk, volume.offset, (*disk)->size() - volume.offset);
    const auto facts = read_fve_facts(*bytes);
    if (facts) return "bitlocker, unlocked: " + facts->text();
    return is_fve_volume(*bytes) ? "bitlocker, unlocked: " + facts.error().detail : "";
  }

  void note_raw_failure(const VolumePlan::Item& item, const Error& error, bool tree) {
    const bool denied = error.code == ErrorCode::kPermissionDenied;
    denied_ = denied_ || denied;
    UnreadableVolume volume;
    volume.name = item.mount + (tree ? " (raw)" : "");
    volume.type = denied ? "access_denied" : "device";
    volume.offset = item.volume.offset;
    volume.detail = error.detail;
    if (denied && tree) {
      volume.advice = {
          "without administrator rights only what Windows itself hands out is collected; registry "
          "hives, most event logs, $MFT, deleted files and shadow copies are out of reach. Run "
          "again as administrator (right-click, Run as administrator).",
          "管理者権限がないため、Windows が許可するファイルだけを収集します。レジストリハイブ、"
          "多くのイベントログ、$MFT、削除ファイル、シャドウコピーは読み取れません。"
          "管理者として再実行してください (右クリックして「管理者として実行」)。"};
    } else if (denied) {
      volume.advice = {"Run again as administrator (right-click, Run as administrator).",
                       "管理者として再実行してください (右クリックして「管理者として実行」)。"};
    } else if (tree) {
      volume.advice = {
          "the device could not be read raw; files are read through Windows, without $MFT, deleted "
          "files and what is locked.",
          "デバイスを直接読み取れないため、Windows 経由でファイルを読み取ります。$MFT、削除"
          "ファイル、ロック中のファイルは含まれません。"};
    } else {
      volume.advice = {"Check the device; if it fails, take an image of it first.",
                       "デバイスを確認してください。故障が疑われる場合は先にイメージを取得して"
                       "ください。"};
    }
    unreadable_.push_back(std::move(volume));
  }

  void advise_to_unlock(const VolumePlan::Item& item, std::size_t from) {
    for (std::size_t i = from; i < volumes_.unreadable.size(); ++i) {
      UnreadableVolume& volume = volumes_.unreadable[i];
      if (volume.type != "bitlocker") continue;
      const std::string command = "manage-bde -unlock " + item.mount + " -RecoveryPassword";
      volume.advice.en += " Or unlock it on this host (" + command + " KEY) and run again.";
      volume.advice.ja +=
          "このホスト上で解除 (" + command + " 回復キー) してから再実行することもできます。";
    }
  }

  void keep(Opened opened) {
    if (opened.tree) file_systems_.push_back(std::move(opened.tree));
    for (std::size_t i = opened.first; i < opened.first + opened.count; ++i) {
      const VolumeInfo& info = volumes_.opened[i].file_system->info();
      LocalTreeOptions tree{.mount = info.mount,
                            .cross_all = options_.cross_all,
                            .kernel_files = false,
                            .exclude = {},
                            .own_media = {},
                            .own_files = options_.own_files};
      auto volume = std::make_unique<FallbackFileSystem>(
          std::move(volumes_.opened[i].file_system),
          [folder = opened.folder, tree]() -> Result<std::unique_ptr<FileSystem>> {
            KONSEKI_ASSIGN(auto local, open_local_tree(folder, tree));
            return std::unique_ptr<FileSystem>(std::move(local));
          });
      with_fallback_.push_back(volume.get());
      file_systems_.push_back(std::move(volume));
    }
  }

  void note_executable(const VolumePlan& plan) {
    for (const VolumePlan::Item& item : plan.items) {
      if (item.volume.letter != 0 && !footprint_.executable.empty() &&
          footprint_.executable.front() == item.volume.letter) {
        footprint_.executable_on_host = true;
      }
    }
  }

  LiveOptions options_;
  SourceInfo info_;
  bool denied_ = false;
  WindowsFootprint footprint_;
  std::vector<OpenDisk> disks_;
  Volumes volumes_;
  std::unique_ptr<WindowsHost> host_;
  std::unique_ptr<ProcessMemory> memory_ = open_live_memory();
  std::vector<FallbackFileSystem*> with_fallback_;
  std::vector<std::unique_ptr<FileSystem>> file_systems_;
  std::vector<UnreadableVolume> unreadable_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_live_source(const LiveOptions& options) {
  return WindowsLiveSource::open_host(options);
}

}  // namespace konseki

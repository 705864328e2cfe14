#include "agent/source/live/linux/output_media.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "agent/source/live/linux/kernel_text.h"
#include "agent/source/live/linux/real_path.h"

namespace konseki {
namespace {

using namespace std::string_view_literals;

constexpr std::array kMediaDirectories = {"/media"sv, "/run/media"sv, "/mnt"sv};
constexpr std::array kSystemDirectories = {"/bin"sv, "/boot"sv, "/dev"sv,  "/etc"sv, "/home"sv,
                                           "/lib"sv, "/opt"sv,  "/root"sv, "/run"sv, "/sbin"sv,
                                           "/srv"sv, "/tmp"sv,  "/usr"sv,  "/var"sv};
constexpr std::array kMemoryTypes = {"tmpfs"sv, "ramfs"sv, "devtmpfs"sv, "rootfs"sv, "overlay"sv};

bool at_or_below(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.substr(0, directory.size()) == directory &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

template <std::size_t N>
bool at_or_below_any(std::string_view path, const std::array<std::string_view, N>& directories) {
  return std::any_of(directories.begin(), directories.end(),
                     [&](std::string_view directory) { return at_or_below(path, directory); });
}

std::string sysfs_directory(std::uint64_t device) {
  const auto found = real_path("/sys/dev/block/" + std::to_string(major(device)) + ":" +
                               std::to_string(minor(device)));
  return found ? *found : std::string();
}

bool removable_or_usb(std::uint64_t device) {
  const std::string directory = sysfs_directory(device);
  if (directory.empty()) return false;
  if (directory.find("/usb") != std::string::npos) return true;
  for (const char* file : {"/removable", "/../removable"}) {  // the disk; a partition's disk
    if (const auto text = read_kernel_text(directory + file)) return text->substr(0, 1) == "1";
  }
  return false;
}

bool device_part_of(std::uint64_t part, std::uint64_t whole) {
  if (part == whole) return true;
  const std::string directory = sysfs_directory(whole);
  return !directory.empty() && at_or_below(sysfs_directory(part), directory);
}

OutputPlacement placement_on(const MachineMedia& media, const std::string& output) {
  OutputPlacement placement;
  if (const Mount* mount = mount_of(media.mounts, output)) {
    placement.mount_point = mount->point;
    placement.device = mount->source;
    placement.type = mount->type;
  }
  return placement;
}

void refuse(OutputPlacement& placement, const std::string& output, std::string_view en,
            std::string_view ja) {
  const std::string where =
      placement.mount_point + " (" + placement.device + ", " + placement.type + ")";
  placement.allowed = false;
  placement.reason.en = output + " lies on " + where + ", " + std::string(en);
  placement.reason.ja = output + " は " + where + " にあり、" + std::string(ja);
}

}  // namespace

Result<MachineMedia> this_machines_media() {
  MachineMedia media;
  KONSEKI_ASSIGN(media.mounts, read_mounts());
  if (auto executable = real_path("/proc/self/exe")) media.executable = *std::move(executable);
  media.removable = removable_or_usb;
  media.part_of = device_part_of;
  return media;
}

bool is_responder_medium(const MachineMedia& media, const Mount& mount) {
  if (mount_kind(mount.type) != MountKind::kLocal || mount.point == "/") return false;
  if (std::find(kMemoryTypes.begin(), kMemoryTypes.end(), mount.type) != kMemoryTypes.end()) {
    return false;
  }
  const bool in_media_directory = at_or_below_any(mount.point, kMediaDirectories);
  // A bind mount of the system's disk is still the system's disk, wherever it shows.
  for (const Mount& other : media.mounts) {
    if (other.device == mount.device && !at_or_below_any(other.point, kMediaDirectories) &&
        (other.point == "/" || at_or_below_any(other.point, kSystemDirectories))) {
      return false;
    }
  }
  if (in_media_directory || media.removable(mount.device)) return true;
  return !media.executable.empty() && mount_of(media.mounts, media.executable) == &mount;
}

OutputPlacement place_for_live(const MachineMedia& media, const std::string& output) {
  OutputPlacement placement = placement_on(media, output);
  const Mount* mount = mount_of(media.mounts, output);
  const bool network = mount != nullptr && (mount_kind(mount->type) == MountKind::kNetwork ||
                                            mount_kind(mount->type) == MountKind::kRemoteFuse);
  if (mount == nullptr || (!network && !is_responder_medium(media, *mount))) {
    refuse(placement, output,
           "which is being examined: writing there may overwrite deleted evidence. Give a path on "
           "external media or a network share, or - to stream.",
           "調査対象のボリュームです。書き込むと削除済みの証拠を上書きするおそれがあります。"
           "外部媒体またはネットワーク共有を指定するか、- で標準出力へ流してください。");
  }
  return placement;
}

OutputPlacement place_for_directory(const MachineMedia& media, const std::string& output,
                                    const std::string& directory) {
  if (directory == "/") return place_for_live(media, output);
  OutputPlacement placement = placement_on(media, output);
  if (at_or_below(output, directory)) {
    refuse(placement, output, "inside the examined directory. Choose another place.",
           "調査対象のディレクトリの中です。別の場所を指定してください。");
    return placement;
  }
  const Mount* evidence = mount_of(media.mounts, directory);
  const Mount* target = mount_of(media.mounts, output);
  if (evidence != nullptr && target != nullptr && evidence->point == directory &&
      evidence->device == target->device) {
    refuse(placement, output, "the examined volume. Choose another volume.",
           "調査対象のボリュームと同じです。別のボリュームを指定してください。");
  }
  return placement;
}

OutputPlacement place_for_device(const MachineMedia& media, const std::string& output,
                                 std::uint64_t device) {
  OutputPlacement placement = placement_on(media, output);
  const Mount* target = mount_of(media.mounts, output);
  if (target != nullptr && media.part_of(target->device, device)) {
    refuse(placement, output, "part of the examined device. Choose another device.",
           "調査対象のデバイスに含まれます。別のデバイスを指定してください。");
  }
  return placement;
}

Result<OutputPlacement> check_output_placement(const std::string& output,
                                               const std::string& location) {
  KONSEKI_ASSIGN(const MachineMedia media, this_machines_media());
  const std::string target = real_path_of_future(output);
  if (location.empty()) return place_for_live(media, target);
  struct ::stat facts {};
  if (::stat(location.c_str(), &facts) != 0) return placement_on(media, target);
  if (S_ISBLK(facts.st_mode)) return place_for_device(media, target, facts.st_rdev);
  if (!S_ISDIR(facts.st_mode)) return placement_on(media, target);
  KONSEKI_ASSIGN(const std::string directory, real_path(location));
  return place_for_directory(media, target, directory);
}

}  // namespace konseki

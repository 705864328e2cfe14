#include "agent/source/live/volume_plan.h"

#include <algorithm>
#include <tuple>

namespace konseki {
namespace {

std::string joined(std::span<const std::string> parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

UnreadableVolume network_drive(const HostVolume& volume) {
  UnreadableVolume unreadable;
  unreadable.name = volume.letter != 0 ? std::string{volume.letter, ':'} : volume.folder;
  unreadable.type = "network";
  unreadable.detail = volume.remote;
  unreadable.advice = {
      "this is another machine's storage: run there, or add --cross-all to read it through the "
      "network",
      "別の機器の記憶域です。その機器で実行するか、--cross-all を付けてネットワーク越しに"
      "読み取ってください"};
  return unreadable;
}

auto order_of(const HostVolume& volume) {
  const bool unlettered = volume.letter == 0;
  return std::tuple(!volume.system, unlettered, volume.letter, volume.disk.value_or(~0U),
                    volume.offset, volume.device);
}

std::string base_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return std::string(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return text;
}

}  // namespace

VolumePlan plan_volumes(std::vector<HostVolume> volumes, bool cross_all) {
  std::sort(volumes.begin(), volumes.end(),
            [](const HostVolume& a, const HostVolume& b) { return order_of(a) < order_of(b); });
  VolumePlan plan;
  int number = 0;
  for (HostVolume& volume : volumes) {
    if (volume.own && !volume.system) continue;
    if (volume.kind == DriveKind::kNetwork && !cross_all) {
      plan.unreadable.push_back(network_drive(volume));
      continue;
    }
    // An empty card reader or disc drive; a fixed volume without a file system may be a locked one.
    const bool may_be_empty =
        volume.kind == DriveKind::kOptical || volume.kind == DriveKind::kRemovable;
    if (may_be_empty && volume.file_system.empty() && !volume.disk) continue;
    std::string mount =
        volume.letter != 0 ? std::string{volume.letter, ':'} : "$fs$/fs" + std::to_string(number++);
    plan.items.push_back({std::move(volume), std::move(mount)});
  }
  return plan;
}

std::vector<Bilingual> side_effects_of(const WindowsFootprint& footprint) {
  std::vector<Bilingual> effects;
  const std::string name = base_name(footprint.executable);
  if (!name.empty()) {
    effects.push_back(
        {"this program was started from " + footprint.executable +
             ": Windows notes that by itself (C:/Windows/Prefetch/" + upper(name) +
             "-*.pf, Amcache, ShimCache, UserAssist when started by hand, event logs where "
             "process auditing is on, and what a security product keeps)",
         "このプログラムは " + footprint.executable +
             " から起動されました。Windows が自動的に記録します (C:/Windows/Prefetch/" +
             upper(name) +
             "-*.pf、Amcache、ShimCache、手動で起動した場合は UserAssist、監査が有効なら"
             "イベントログ、セキュリティ製品の記録)"});
  }
  if (footprint.executable_on_host) {
    effects.push_back(
        {"it lies on a volume under examination: copying it there has overwritten free "
         "space",
         "調査対象のボリューム上にあります。コピーにより空き領域が上書きされています"});
  }
  if (!footprint.devices.empty()) {
    effects.push_back({"opened for reading as raw devices, which changes nothing on them: " +
                           joined(footprint.devices),
                       "読み取り専用の生デバイスとして開きました (内容は変わりません): " +
                           joined(footprint.devices)});
  }
  if (!footprint.privileges.empty()) {
    effects.push_back(
        {"rights switched on in the token of this process until it ended: " +
             joined(footprint.privileges),
         "このプロセスのトークンで終了まで有効にした権限: " + joined(footprint.privileges)});
  }
  if (footprint.files_through_system > 0) {
    const std::string count = std::to_string(footprint.files_through_system);
    effects.push_back({count + " files were opened through the system; it may have updated their "
                               "access time",
                       "システム経由で " + count +
                           " 個のファイルを開きました (アクセス時刻が変わった可能性があります)"});
  }
  if (!footprint.trees_through_system.empty()) {
    effects.push_back(
        {"read through the system as a whole, so that access times of files and folders may have "
         "changed: " +
             joined(footprint.trees_through_system),
         "全体をシステム経由で読み取りました (ファイルとフォルダーのアクセス時刻が変わった可能性が"
         "あります): " +
             joined(footprint.trees_through_system)});
  }
  return effects;
}

}  // namespace konseki

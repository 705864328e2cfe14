// The collector windows.mounted_volumes.
#include "konseki/collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "collectors/live/record_fields.h"
#include "collectors/windows/live/gap_tally.h"
#include "collectors/windows/mounted_volumes/volume_schema.h"

namespace konseki {
namespace {

using live::set_list;
using live::set_text;
using live::set_uint;

constexpr std::array<const RecordSchema*, 1> kSchemas{&kWindowsMountedVolumeSchema};

constexpr std::string_view kDosDevice = "\\??\\";

// DRIVE_ of GetDriveType.
std::string kind_name(std::uint32_t type) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"unknown", "no_root", "removable", "fixed", "network", "cdrom", "ram_disk"});
  return type < kNames.size() ? std::string(kNames[type]) : "type_" + std::to_string(type);
}

std::string with_slashes(std::string text) {
  std::ranges::replace(text, '\\', '/');
  return text;
}

std::vector<std::string> signs_of(const WindowsVolume& volume) {
  if (volume.device.starts_with(kDosDevice)) return {"substituted"};
  if (!volume.name.empty() && volume.points.empty() && !volume.file_system.empty()) {
    return {"not_mounted"};
  }
  return {};
}

Record record_of(const WindowsVolume& volume) {
  Record record(kWindowsMountedVolumeSchema);
  std::vector<std::string> points;
  for (const std::string& point : volume.points) points.push_back(with_slashes(point));
  // "\\?\Volume{GUID}\" without what stands around it.
  std::string_view id = volume.name;
  if (id.starts_with("\\\\?\\")) id.remove_prefix(4);
  if (id.ends_with('\\')) id.remove_suffix(1);
  record.source.path = "live/volume/" + (points.empty() ? std::string(id) : points.front());
  set_list(record, "points", std::move(points));
  set_text(record, "id", std::string(id));
  std::string_view device = volume.device;
  if (device.starts_with(kDosDevice)) device.remove_prefix(kDosDevice.size());
  set_text(record, "device", with_slashes(std::string(device)));
  record.set("kind", kind_name(volume.drive_type));
  set_text(record, "file_system", volume.file_system);
  set_text(record, "label", volume.label);
  if (volume.serial) record.set("serial", fmt::format("{:08x}", *volume.serial));
  set_uint(record, "size", volume.size);
  set_uint(record, "free", volume.free);
  if (volume.read_only) record.set("read_only", *volume.read_only);
  set_list(record, "signs", signs_of(volume));
  return record;
}

class WindowsMountedVolumes : public Collector {
 public:
  const CollectorInfo& info() const override {
    static const CollectorInfo kInfo{
        .name = "windows.mounted_volumes",
        .os = OperatingSystem::kWindows,
        .volatility = Volatility::kSystem,
        .needs_privilege = false,
        .schemas = kSchemas,
        .description = {"Mounted volumes, drive letters, network drives",
                        "マウント中のボリューム、ドライブ文字、ネットワークドライブ"}};
    return kInfo;
  }

  Result<void> observe(LiveHost& host, Sink& sink) override {
    KONSEKI_ASSIGN(WindowsState * state, windows::windows_state_of(host));
    windows::GapTally gaps;
    KONSEKI_ASSIGN(const auto volumes, state->volumes(gaps.withheld()));
    for (const WindowsVolume& volume : volumes) sink.emit(record_of(volume));
    gaps.flush(sink, host.privileged());
    return {};
  }
};

}  // namespace

std::unique_ptr<Collector> make_windows_mounted_volumes() {
  return std::make_unique<WindowsMountedVolumes>();
}

}  // namespace konseki

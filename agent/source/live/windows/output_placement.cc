#include "agent/source/live/output_placement.h"

#include <windows.h>
#include <winioctl.h>

#include <array>

#include "agent/base/unicode.h"
#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"
#include "agent/source/live/local_file.h"
#include "agent/source/live/windows/real_path.h"

namespace konseki {
namespace {

struct Volume {
  std::wstring point;   // "\\?\C:\" or the folder where it is mounted
  std::wstring device;  // "\\?\Volume{...}\"; "" for shares
  std::string type;     // "ntfs"
  UINT kind = DRIVE_UNKNOWN;
};

Result<Volume> volume_at(const std::wstring& path) {
  std::array<wchar_t, 32768> point{};
  if (::GetVolumePathNameW(path.c_str(), point.data(), static_cast<DWORD>(point.size())) == 0) {
    return fail(windows_error(::GetLastError(), "find the volume of " + shown_path(path)));
  }
  Volume volume;
  volume.point = point.data();
  volume.kind = ::GetDriveTypeW(volume.point.c_str());
  std::array<wchar_t, 64> device{};
  std::wstring plain = volume.point;
  if (plain.starts_with(L"\\\\?\\")) plain.erase(0, 4);
  if (::GetVolumeNameForVolumeMountPointW(plain.c_str(), device.data(),
                                          static_cast<DWORD>(device.size())) != 0) {
    volume.device = device.data();
  }
  std::array<wchar_t, MAX_PATH + 1> type{};
  if (::GetVolumeInformationW(volume.point.c_str(), nullptr, 0, nullptr, nullptr, nullptr,
                              type.data(), static_cast<DWORD>(type.size())) != 0) {
    volume.type = fold_case(narrow(type.data()));
  }
  return volume;
}

bool same_volume(const Volume& a, const Volume& b) {
  if (!a.device.empty() && !b.device.empty()) return a.device == b.device;
  return at_or_below(a.point, b.point) && at_or_below(b.point, a.point);
}

// A disk on a cable that is there to be unplugged; Windows takes many USB disks for fixed ones.
bool is_usb(const Volume& volume) {
  std::wstring name = volume.device.empty() ? volume.point : volume.device;
  while (name.ends_with(L'\\')) name.pop_back();
  const Handle device(::CreateFileW(name.c_str(), 0, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                                    OPEN_EXISTING, 0, nullptr));
  if (!device) return false;
  STORAGE_PROPERTY_QUERY query{};
  query.PropertyId = StorageDeviceProperty;
  query.QueryType = PropertyStandardQuery;
  alignas(STORAGE_DEVICE_DESCRIPTOR) std::array<std::byte, 1024> answer{};
  DWORD size = 0;
  if (::DeviceIoControl(device.get(), IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof query,
                        answer.data(), static_cast<DWORD>(answer.size()), &size, nullptr) == 0) {
    return false;
  }
  const auto* facts = reinterpret_cast<const STORAGE_DEVICE_DESCRIPTOR*>(answer.data());
  return facts->BusType == BusTypeUsb || facts->BusType == BusTypeSd ||
         facts->BusType == BusType1394;
}

// Network shares, and a medium that is the responder's own: not Windows' own volume, and removable,
// on USB, or the one that this program runs from.
bool is_outside(const Volume& target) {
  if (target.kind == DRIVE_REMOTE) return true;
  std::array<wchar_t, MAX_PATH + 1> windows{};
  if (::GetWindowsDirectoryW(windows.data(), static_cast<UINT>(windows.size())) == 0) return false;
  const auto system = volume_at(real_path_of_future(narrow(windows.data())));
  if (!system || same_volume(*system, target)) return false;
  if (target.kind == DRIVE_REMOVABLE || is_usb(target)) return true;
  const auto program = own_executable_path();
  if (target.kind != DRIVE_FIXED || !program) return false;
  const auto own = volume_at(real_path_of_future(*program));
  return own && same_volume(*own, target);
}

void refuse(OutputPlacement& placement, const std::string& output, std::string_view en,
            std::string_view ja) {
  const std::string where = placement.mount_point + " (" + placement.type + ")";
  placement.allowed = false;
  placement.reason.en = output + " lies on " + where + ", " + std::string(en);
  placement.reason.ja = output + " は " + where + " にあり、" + std::string(ja);
}

constexpr std::string_view kExaminedEn =
    "which is being examined: writing there may overwrite deleted evidence. Give a path on "
    "external "
    "media or a network share, or - to stream.";
constexpr std::string_view kExaminedJa =
    "調査対象のボリュームです。書き込むと削除済みの証拠を上書きするおそれがあります。"
    "外部媒体またはネットワーク共有を指定するか、- で標準出力へ流してください。";

}  // namespace

Result<OutputPlacement> check_output_placement(const std::string& output,
                                               const std::string& location) {
  const std::wstring target = real_path_of_future(output);
  KONSEKI_ASSIGN(const Volume volume, volume_at(target));
  OutputPlacement placement;
  placement.mount_point = shown_path(volume.point);
  placement.device = shown_path(volume.device);
  placement.type = volume.type;
  const std::string shown = shown_path(target);
  if (location.empty()) {
    if (!is_outside(volume)) refuse(placement, shown, kExaminedEn, kExaminedJa);
    return placement;
  }
  const auto facts = local_file_facts(location);
  if (!facts) return placement;
  if (facts->kind == LocalFileKind::kBlockDevice) {
    // Which disk a volume lies on is known only to administrators, so Windows' own and fixed disks
    // are taken to be the examined one.
    if (!is_outside(volume)) refuse(placement, shown, kExaminedEn, kExaminedJa);
    return placement;
  }
  if (facts->kind != LocalFileKind::kDirectory) return placement;
  const std::wstring folder = real_path_of_future(location);
  if (at_or_below(target, folder)) {
    refuse(placement, shown, "inside the examined directory. Choose another place.",
           "調査対象のディレクトリの中です。別の場所を指定してください。");
    return placement;
  }
  if (const auto evidence = volume_at(folder);
      evidence && at_or_below(evidence->point, folder) && same_volume(*evidence, volume)) {
    refuse(placement, shown, "the examined volume. Choose another volume.",
           "調査対象のボリュームと同じです。別のボリュームを指定してください。");
  }
  return placement;
}

}  // namespace konseki

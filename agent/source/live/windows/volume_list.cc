#include "agent/source/live/windows/volume_list.h"

#include <windows.h>
#include <winioctl.h>

#include <algorithm>
#include <array>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/source/live/output_placement.h"
#include "agent/source/live/windows/real_path.h"

namespace konseki {
namespace {

DriveKind kind_of(UINT type) {
  switch (type) {
    case DRIVE_FIXED:
      return DriveKind::kFixed;
    case DRIVE_REMOVABLE:
      return DriveKind::kRemovable;
    case DRIVE_REMOTE:
      return DriveKind::kNetwork;
    case DRIVE_CDROM:
      return DriveKind::kOptical;
    case DRIVE_RAMDISK:
      return DriveKind::kMemory;
    default:
      return DriveKind::kUnknown;
  }
}

// "C" of "C:\" and "\\?\C:\x"; 0 where there is none.
char letter_of(std::wstring_view path) {
  if (path.starts_with(L"\\\\?\\")) path.remove_prefix(4);
  if (path.size() < 2 || path[1] != L':') return 0;
  const wchar_t letter = path[0];
  if (letter >= L'a' && letter <= L'z') return static_cast<char>(letter - L'a' + 'A');
  return letter >= L'A' && letter <= L'Z' ? static_cast<char>(letter) : '\0';
}

char windows_letter() {
  std::array<wchar_t, MAX_PATH + 1> path{};
  const UINT length = ::GetSystemWindowsDirectoryW(path.data(), MAX_PATH);
  return length == 0 || length > MAX_PATH ? '\0' : letter_of(path.data());
}

std::string file_system_of(const std::wstring& root) {
  std::array<wchar_t, MAX_PATH + 1> type{};
  if (::GetVolumeInformationW(root.c_str(), nullptr, 0, nullptr, nullptr, nullptr, type.data(),
                              MAX_PATH + 1) == 0) {
    return {};
  }
  return narrow(type.data());
}

// Needs no rights: the device is opened for questions alone.
void find_place(HostVolume& volume) {
  const Handle device(::CreateFileW(wide(volume.device).c_str(), 0,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0,
                                    nullptr));
  if (!device) return;
  VOLUME_DISK_EXTENTS extents{};
  DWORD size = 0;
  // A volume of several extents does not fit: it lies on no one place.
  if (::DeviceIoControl(device.get(), IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS, nullptr, 0, &extents,
                        sizeof extents, &size, nullptr) == 0 ||
      extents.NumberOfDiskExtents != 1) {
    return;
  }
  volume.disk = extents.Extents[0].DiskNumber;
  volume.offset = static_cast<std::uint64_t>(extents.Extents[0].StartingOffset.QuadPart);
}

// The letter of a volume's mount points, if any.
char letter_of_volume(const std::wstring& name) {
  std::vector<wchar_t> paths(32768);
  DWORD length = 0;
  if (::GetVolumePathNamesForVolumeNameW(name.c_str(), paths.data(),
                                         static_cast<DWORD>(paths.size()), &length) == 0) {
    return 0;
  }
  for (const wchar_t* path = paths.data(); *path != L'\0'; path += std::wcslen(path) + 1) {
    if (std::wcslen(path) == 3 && letter_of(path) != 0) return letter_of(path);
  }
  return 0;
}

HostVolume volume_named(const std::wstring& name) {  // "\\?\Volume{...}\"
  HostVolume volume;
  volume.letter = letter_of_volume(name);
  volume.kind = kind_of(::GetDriveTypeW(name.c_str()));
  volume.file_system = file_system_of(name);
  if (volume.letter != 0) {
    volume.device = std::string("\\\\.\\") + volume.letter + ":";
    volume.folder = std::string{volume.letter, ':', '/'};
  } else {
    volume.device = narrow(name.substr(0, name.size() - 1));
    volume.folder = narrow(name);
  }
  find_place(volume);
  return volume;
}

HostVolume volume_at(char letter) {
  const std::wstring root{static_cast<wchar_t>(letter), L':', L'\\'};
  HostVolume volume;
  volume.letter = letter;
  volume.folder = std::string{letter, ':', '/'};
  volume.kind = kind_of(::GetDriveTypeW(root.c_str()));
  if (volume.kind == DriveKind::kNetwork) {
    std::array<wchar_t, 1024> target{};
    if (::QueryDosDeviceW(root.substr(0, 2).c_str(), target.data(),
                          static_cast<DWORD>(target.size())) != 0) {
      volume.remote = narrow(target.data());
    }
    return volume;  // not asked for more: a server that is down would hold us
  }
  volume.device = std::string("\\\\.\\") + letter + ":";
  volume.file_system = file_system_of(root);
  find_place(volume);
  return volume;
}

}  // namespace

std::vector<HostVolume> list_volumes(const std::vector<std::string>& own_paths) {
  std::vector<HostVolume> volumes;
  std::array<wchar_t, MAX_PATH + 1> name{};
  const HANDLE search = ::FindFirstVolumeW(name.data(), MAX_PATH);
  if (search != INVALID_HANDLE_VALUE) {
    do {
      volumes.push_back(volume_named(name.data()));
    } while (::FindNextVolumeW(search, name.data(), MAX_PATH) != 0);
    ::FindVolumeClose(search);
  }
  const DWORD letters = ::GetLogicalDrives();
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    if ((letters >> (letter - 'A') & 1) == 0) continue;
    const bool known = std::any_of(volumes.begin(), volumes.end(),
                                   [&](const HostVolume& v) { return v.letter == letter; });
    if (!known) volumes.push_back(volume_at(letter));
  }
  const char system = windows_letter();
  for (HostVolume& volume : volumes) {
    volume.system = volume.letter != 0 && volume.letter == system;
    if (volume.system || volume.letter == 0) continue;
    for (const std::string& path : own_paths) {
      if (letter_of(real_path_of_future(path)) != volume.letter) continue;
      const auto placement = check_output_placement(path, "");
      volume.own = volume.own || (placement && placement->allowed);
    }
  }
  return volumes;
}

}  // namespace konseki

// Volumes with and without letters, and letters that are no volumes (network, substituted).
#include <windows.h>

#include <algorithm>
#include <array>

#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"

namespace konseki::windows_state {
namespace {

constexpr std::size_t kMaxNames = 1024 * 1024;

// What a device name of DOS ("C:", "Volume{...}") stands for.
std::string device_of(std::wstring name) {
  std::array<wchar_t, 32768> target{};
  if (::QueryDosDeviceW(name.c_str(), target.data(), static_cast<DWORD>(target.size())) == 0) {
    return {};
  }
  return text_of(target.data());
}

std::vector<std::string> points_of(const std::wstring& volume) {
  std::vector<wchar_t> names(1024);
  DWORD needed = 0;
  while (::GetVolumePathNamesForVolumeNameW(volume.c_str(), names.data(),
                                            static_cast<DWORD>(names.size()), &needed) == 0) {
    if (::GetLastError() != ERROR_MORE_DATA || needed <= names.size() || needed > kMaxNames) {
      return {};
    }
    names.resize(needed);
  }
  std::vector<std::string> points;
  for (const wchar_t* at = names.data(); *at != L'\0'; at += std::wcslen(at) + 1) {
    points.push_back(narrow(at));
  }
  return points;
}

// `root` ends with '\'. Not for network letters: the server would be asked.
void read_contents(const std::wstring& root, WindowsVolume& volume, const Withheld& withheld) {
  std::array<wchar_t, MAX_PATH + 1> label{};
  std::array<wchar_t, MAX_PATH + 1> file_system{};
  DWORD serial = 0;
  DWORD flags = 0;
  if (::GetVolumeInformationW(root.c_str(), label.data(), MAX_PATH + 1, &serial, nullptr, &flags,
                              file_system.data(), MAX_PATH + 1) == 0) {
    const DWORD why = ::GetLastError();
    // Empty drives, and volumes without a file system that Windows knows (locked ones too).
    if (why != ERROR_NOT_READY && why != ERROR_UNRECOGNIZED_VOLUME) {
      withheld("mounted volume", narrow(root), api_error(why, "GetVolumeInformation"));
    }
    return;
  }
  volume.label = text_of(label.data());
  volume.file_system = text_of(file_system.data());
  volume.serial = serial;
  volume.read_only = (flags & FILE_READ_ONLY_VOLUME) != 0;
  ULARGE_INTEGER size{};
  ULARGE_INTEGER free{};
  if (::GetDiskFreeSpaceExW(root.c_str(), nullptr, &size, &free) != 0) {
    volume.size = size.QuadPart;
    volume.free = free.QuadPart;
  }
}

WindowsVolume volume_of(const std::wstring& name, const Withheld& withheld) {
  WindowsVolume volume;
  volume.name = narrow(name);
  constexpr std::size_t kPrefix = 4;  // "\\?\"
  if (name.size() > kPrefix + 1) {
    volume.device = device_of(name.substr(kPrefix, name.size() - kPrefix - 1));
  }
  volume.points = points_of(name);
  const std::wstring place = volume.points.empty() ? name : wide(volume.points.front());
  volume.drive_type = ::GetDriveTypeW(place.c_str());
  read_contents(name, volume, withheld);
  return volume;
}

bool has_point(const std::vector<WindowsVolume>& volumes, const std::string& point) {
  return std::ranges::any_of(volumes, [&](const WindowsVolume& volume) {
    return std::ranges::find(volume.points, point) != volume.points.end();
  });
}

void add_other_letters(std::vector<WindowsVolume>& volumes, const Withheld& withheld) {
  const DWORD letters = ::GetLogicalDrives();
  for (wchar_t letter = L'A'; letter <= L'Z'; ++letter) {
    if ((letters >> (letter - L'A') & 1U) == 0) continue;
    const std::wstring root = {letter, L':', L'\\'};
    if (has_point(volumes, narrow(root))) continue;
    WindowsVolume volume;
    volume.points.push_back(narrow(root));
    volume.device = device_of({letter, L':'});
    volume.drive_type = ::GetDriveTypeW(root.c_str());
    if (volume.drive_type != DRIVE_REMOTE) read_contents(root, volume, withheld);
    volumes.push_back(std::move(volume));
  }
}

}  // namespace

Result<std::vector<WindowsVolume>> list_volumes(const Withheld& withheld) {
  std::vector<WindowsVolume> volumes;
  // Otherwise empty drives put a dialogue on the screen.
  const UINT before = ::SetErrorMode(SEM_FAILCRITICALERRORS);
  std::array<wchar_t, MAX_PATH> name{};
  const HANDLE search = ::FindFirstVolumeW(name.data(), MAX_PATH);
  const DWORD why = ::GetLastError();
  if (search != INVALID_HANDLE_VALUE) {
    do {
      volumes.push_back(volume_of(name.data(), withheld));
    } while (::FindNextVolumeW(search, name.data(), MAX_PATH) != 0);
    ::FindVolumeClose(search);
  } else {
    withheld("mounted volume", "volumes without letters", api_error(why, "FindFirstVolume"));
  }
  add_other_letters(volumes, withheld);
  ::SetErrorMode(before);
  return volumes;
}

}  // namespace konseki::windows_state

#include "agent/base/output_directory.h"

#include <windows.h>
#include <winioctl.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/unicode.h"
#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"

namespace konseki {
namespace {

Error last_error(std::string action) { return windows_error(::GetLastError(), std::move(action)); }

// 100 ns ticks since 1601; the oldest that Windows takes where `time` is older than that.
FILETIME filetime_of(const Timestamp& time) {
  constexpr std::int64_t kUnixEpoch = 11'644'473'600;  // seconds
  constexpr std::int64_t kLatest = 1'833'029'933'770;  // where the ticks end
  const std::int64_t seconds = std::clamp<std::int64_t>(time.seconds + kUnixEpoch, 0, kLatest);
  const std::int64_t ticks = std::max<std::int64_t>(
      seconds * 10'000'000 + std::clamp(time.nanoseconds, 0, 999'999'999) / 100, 1);
  return {static_cast<DWORD>(ticks), static_cast<DWORD>(ticks >> 32)};
}

// Devices of DOS, which other programs find instead of a file of that name, whatever its extension.
bool is_device_name(std::string_view name) {
  std::string stem = fold_case(name.substr(0, name.find('.')));
  while (stem.ends_with(' ')) stem.pop_back();
  constexpr std::array<std::string_view, 6> kAlone{"con", "prn", "aux", "nul", "conin$", "conout$"};
  if (std::find(kAlone.begin(), kAlone.end(), stem) != kAlone.end()) return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) &&
         stem[3] >= '0' && stem[3] <= '9';
}

void append_escaped(std::string& out, char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(byte);
  out += '%';
  out += kDigits[value >> 4];
  out += kDigits[value & 15];
}

// The name as Windows can have it (see output_directory.h).
std::string allowed_name(std::string_view name) {
  constexpr std::string_view kForbidden = "<>:\"\\|?*";
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool last = i + 1 == name.size();
    if (static_cast<unsigned char>(c) < 0x20 || kForbidden.find(c) != std::string_view::npos ||
        (last && (c == '.' || c == ' ')) || (i == 0 && is_device_name(name))) {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  return out;
}

class WindowsExportedFile : public ExportedFile {
 public:
  WindowsExportedFile(Handle file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    constexpr std::size_t kOneCall = std::size_t{1} << 24;
    while (!bytes.empty()) {
      OVERLAPPED place{};
      place.Offset = static_cast<DWORD>(offset);
      place.OffsetHigh = static_cast<DWORD>(offset >> 32);
      DWORD written = 0;
      if (::WriteFile(file_.get(), bytes.data(),
                      static_cast<DWORD>(std::min(bytes.size(), kOneCall)), &written,
                      &place) == 0) {
        return fail(last_error("write " + path_));
      }
      if (written == 0) return fail(windows_error(ERROR_DISK_FULL, "write " + path_));
      offset += written;
      bytes = bytes.subspan(written);
    }
    return {};
  }

  Result<void> set_size(std::uint64_t size) override {
    LARGE_INTEGER end{};
    end.QuadPart = static_cast<LONGLONG>(size);
    if (end.QuadPart < 0) return fail(windows_error(ERROR_FILE_TOO_LARGE, "size of " + path_));
    if (::SetFilePointerEx(file_.get(), end, nullptr, FILE_BEGIN) == 0 ||
        ::SetEndOfFile(file_.get()) == 0) {
      return fail(last_error("size of " + path_));
    }
    return {};
  }

  Result<void> set_modified(const Timestamp& time) override {
    const FILETIME modified = filetime_of(time);
    if (::SetFileTime(file_.get(), nullptr, nullptr, &modified) == 0) {
      return fail(last_error("time of " + path_));
    }
    return {};
  }

 private:
  Handle file_;
  std::string path_;
};

// A folder that stays what it is: nobody can rename or remove it while it is held.
Result<Handle> hold_folder(const std::wstring& path, const std::string& shown) {
  Handle folder(::CreateFileW(path.c_str(), FILE_READ_ATTRIBUTES | FILE_LIST_DIRECTORY,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!folder) return fail(last_error("enter " + shown));
  BY_HANDLE_FILE_INFORMATION facts{};
  if (::GetFileInformationByHandle(folder.get(), &facts) == 0) {
    return fail(last_error("enter " + shown));
  }
  if ((facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0 ||
      (facts.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
    return fail(ErrorCode::kInvalidArgument, "enter " + shown + ": a link or no folder");
  }
  return folder;
}

// Where a path of the tree leads, and the folders on the way, held.
struct Place {
  std::vector<Handle> folders;
  std::wstring path;
};

class WindowsOutputDirectory : public OutputDirectory {
 public:
  WindowsOutputDirectory(Handle root, std::wstring full, std::string path)
      : root_(std::move(root)), full_(std::move(full)), path_(std::move(path)) {}

  Result<std::unique_ptr<ExportedFile>> create_file(const std::string& path) override {
    KONSEKI_ASSIGN(const Place place, place_of(path));
    Handle file(::CreateFileW(place.path.c_str(), GENERIC_WRITE, FILE_SHARE_READ, nullptr,
                              CREATE_NEW, FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT,
                              nullptr));
    if (!file) return fail(last_error("create " + shown(path)));
    // Holes take no room; not every file system knows them.
    DWORD unused = 0;
    (void)::DeviceIoControl(file.get(), FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &unused, nullptr);
    return std::make_unique<WindowsExportedFile>(std::move(file), shown(path));
  }

  Result<void> create_directory(const std::string& path) override {
    KONSEKI_ASSIGN(const Place place, place_of(path));
    KONSEKI_TRY(enter(place.path, path));
    return {};
  }

  Result<void> create_symlink(const std::string& target, const std::string& path) override {
    constexpr DWORD kWithoutRights = 2;  // Windows 10 in developer mode
    KONSEKI_ASSIGN(const Place place, place_of(path));
    std::wstring to = wide(target);
    std::replace(to.begin(), to.end(), L'/', L'\\');
    if (::CreateSymbolicLinkW(place.path.c_str(), to.c_str(), 0) == 0 &&
        ::CreateSymbolicLinkW(place.path.c_str(), to.c_str(), kWithoutRights) == 0) {
      return fail(last_error("link " + shown(path)));
    }
    return {};
  }

  Result<void> set_modified(const std::string& path, const Timestamp& time) override {
    KONSEKI_ASSIGN(const Place place, place_of(path));
    const Handle entry(::CreateFileW(
        place.path.c_str(), FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
        OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    const FILETIME modified = filetime_of(time);
    if (!entry || ::SetFileTime(entry.get(), nullptr, nullptr, &modified) == 0) {
      return fail(last_error("time of " + shown(path)));
    }
    return {};
  }

 private:
  std::string shown(const std::string& path) const { return path_ + '/' + path; }

  // Holds a folder below the root, making it first where it is missing.
  Result<Handle> enter(const std::wstring& folder, const std::string& path) const {
    if (::CreateDirectoryW(folder.c_str(), nullptr) == 0 &&
        ::GetLastError() != ERROR_ALREADY_EXISTS) {
      return fail(last_error("create " + shown(path)));
    }
    return hold_folder(folder, shown(path));
  }

  Result<Place> place_of(const std::string& path) const {
    Place place{{}, full_};
    std::string_view rest = path;
    while (true) {
      const auto slash = rest.find('/');
      const std::string_view name = rest.substr(0, slash);
      if (name.empty() || name == "." || name == ".." ||
          name.find('\0') != std::string_view::npos) {
        return fail(ErrorCode::kInvalidArgument, "not a path for export: " + path);
      }
      place.path += L'\\' + wide(allowed_name(name));
      if (slash == std::string_view::npos) return place;
      KONSEKI_ASSIGN(Handle folder, enter(place.path, path));
      place.folders.push_back(std::move(folder));
      rest.remove_prefix(slash + 1);
    }
  }

  Handle root_;
  std::wstring full_;  // without '\' at its end
  std::string path_;
};

}  // namespace

// Who may read it is inherited from the folder above; there is no other notion of it here.
Result<std::unique_ptr<OutputDirectory>> OutputDirectory::create(const std::string& path,
                                                                 OutputAccess) {
  std::wstring full = long_path(path);
  while (full.ends_with(L'\\')) full.pop_back();
  if (::CreateDirectoryW(full.c_str(), nullptr) == 0) return fail(last_error("create " + path));
  KONSEKI_ASSIGN(Handle root, hold_folder(full, path));
  return std::make_unique<WindowsOutputDirectory>(std::move(root), std::move(full), path);
}

}  // namespace konseki

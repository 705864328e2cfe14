#include "agent/source/live/local_file.h"

#include <windows.h>

#include <algorithm>
#include <array>

#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"
#include "agent/source/live/windows/file_reader.h"
#include "agent/source/live/windows/raw_device.h"
#include "agent/source/live/windows/real_path.h"

namespace konseki {
namespace {

// Others may write to it, rename and remove it meanwhile: an examined host goes on working.
constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

Error last_error(const std::string& path) {
  return windows_error(::GetLastError(), "open " + path);
}

// "\\.\C:", "\\.\PhysicalDrive0", "\\?\Volume{...}": devices, not files.
bool is_device(std::wstring_view path) {
  if (path.starts_with(L"\\\\.\\")) return true;
  constexpr std::wstring_view kDevices = L"\\\\?\\";
  if (!path.starts_with(kDevices)) return false;
  const std::wstring_view rest = path.substr(kDevices.size());
  return rest.find(L'\\') == std::wstring_view::npos && !rest.ends_with(L':');
}

Handle open_shared(const std::wstring& path, DWORD access, DWORD flags) {
  return Handle(
      ::CreateFileW(path.c_str(), access, kShareAll, nullptr, OPEN_EXISTING, flags, nullptr));
}

}  // namespace

Result<LocalFileFacts> local_file_facts(const std::string& path) {
  const std::wstring name = long_path(path);
  if (is_device(name)) {
    KONSEKI_ASSIGN(const auto device, open_raw_device(path));
    return LocalFileFacts{LocalFileKind::kBlockDevice, device->size()};
  }
  const Handle file = open_shared(name, FILE_READ_ATTRIBUTES, FILE_FLAG_BACKUP_SEMANTICS);
  if (!file) return fail(last_error(path));
  BY_HANDLE_FILE_INFORMATION facts{};
  if (::GetFileType(file.get()) != FILE_TYPE_DISK ||
      ::GetFileInformationByHandle(file.get(), &facts) == 0) {
    return LocalFileFacts{LocalFileKind::kOther, 0};
  }
  if ((facts.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
    return LocalFileFacts{LocalFileKind::kDirectory, 0};
  }
  return LocalFileFacts{LocalFileKind::kRegular,
                        std::uint64_t{facts.nFileSizeHigh} << 32 | facts.nFileSizeLow};
}

Result<std::unique_ptr<ByteReader>> open_local_file(const std::string& path) {
  KONSEKI_ASSIGN(const LocalFileFacts facts, local_file_facts(path));
  if (facts.kind == LocalFileKind::kBlockDevice) return open_raw_medium(path);
  if (facts.kind != LocalFileKind::kRegular) {
    return fail(ErrorCode::kInvalidArgument, path + ": neither a file nor a block device");
  }
  Handle file = open_shared(long_path(path), GENERIC_READ, FILE_FLAG_BACKUP_SEMANTICS);
  if (!file) return fail(last_error(path));
  LARGE_INTEGER size{};
  if (::GetFileSizeEx(file.get(), &size) == 0) return fail(last_error(path));
  return std::make_unique<FileReader>(std::move(file), path,
                                      static_cast<std::uint64_t>(size.QuadPart));
}

// Sectors of the disk below an image are Windows' affair: it reads files through its cache.
Result<std::unique_ptr<ByteReader>> open_local_medium(const std::string& path) {
  return open_local_file(path);
}

Result<std::unique_ptr<ByteReader>> open_own_executable() {
  KONSEKI_ASSIGN(const std::string path, own_executable_path());
  return open_local_file(path);
}

Result<std::string> own_executable_path() {
  std::wstring path(32768, L'\0');  // the longest that Windows has
  const DWORD length = ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  if (length == 0 || length >= path.size()) return fail(last_error("this program"));
  path.resize(length);
  return shown_path(real_path_of_future(narrow(path)));
}

}  // namespace konseki

#include "agent/base/output_file.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"

namespace konseki {
namespace {

Error last_error(std::string action) { return windows_error(::GetLastError(), std::move(action)); }

Result<void> write_all(HANDLE file, std::span<const std::byte> bytes, const std::string& name) {
  constexpr std::size_t kOneCall = std::size_t{1} << 24;  // shares refuse very large ones
  while (!bytes.empty()) {
    const auto part = static_cast<DWORD>(std::min(bytes.size(), kOneCall));
    DWORD written = 0;
    if (::WriteFile(file, bytes.data(), part, &written, nullptr) == 0) {
      return fail(last_error("write " + name));
    }
    // A pipe that does not block takes what fits.
    if (written == 0) return fail(windows_error(ERROR_DISK_FULL, "write " + name));
    bytes = bytes.subspan(written);
  }
  return {};
}

std::optional<FileIdentity> identity_of(HANDLE file) {
  BY_HANDLE_FILE_INFORMATION facts{};
  if (::GetFileType(file) != FILE_TYPE_DISK || ::GetFileInformationByHandle(file, &facts) == 0) {
    return std::nullopt;
  }
  return FileIdentity{facts.dwVolumeSerialNumber,
                      std::uint64_t{facts.nFileIndexHigh} << 32 | facts.nFileIndexLow};
}

class WindowsOutputFile : public OutputFile {
 public:
  WindowsOutputFile(Handle file, std::string path, std::string partial)
      : file_(std::move(file)),
        identity_(identity_of(file_.get())),
        path_(std::move(path)),
        partial_(std::move(partial)) {}

  const std::string& partial_path() const override { return partial_; }
  std::optional<FileIdentity> identity() const override { return identity_; }

  Result<void> write(std::span<const std::byte> bytes) override {
    if (!file_) return fail(ErrorCode::kInternal, "write after commit: " + path_);
    return write_all(file_.get(), bytes, partial_);
  }

  Result<void> commit() override {
    if (!file_) return fail(ErrorCode::kInternal, "second commit: " + path_);
    if (::FlushFileBuffers(file_.get()) == 0) return fail(last_error("flush " + partial_));
    if (!file_.close()) return fail(last_error("close " + partial_));
    // Without MOVEFILE_REPLACE_EXISTING it fails where the name is taken.
    if (::MoveFileExW(long_path(partial_).c_str(), long_path(path_).c_str(),
                      MOVEFILE_WRITE_THROUGH) == 0) {
      return fail(last_error("rename to " + path_));
    }
    return {};
  }

 private:
  Handle file_;
  std::optional<FileIdentity> identity_;
  std::string path_;
  std::string partial_;
};

class StandardOutput : public OutputStream {
 public:
  Result<void> write(std::span<const std::byte> bytes) override {
    return write_all(::GetStdHandle(STD_OUTPUT_HANDLE), bytes, "stdout");
  }
};

// "C:\" or "\\server\share\" or where a volume is mounted.
Result<std::wstring> volume_of(const std::string& directory) {
  std::array<wchar_t, 32768> volume{};
  if (::GetVolumePathNameW(long_path(directory).c_str(), volume.data(),
                           static_cast<DWORD>(volume.size())) == 0) {
    return fail(last_error("find the volume of " + directory));
  }
  return std::wstring(volume.data());
}

}  // namespace

Result<std::unique_ptr<OutputFile>> OutputFile::create(std::string path) {
  std::string partial = path + ".partial";
  if (::GetFileAttributesW(long_path(path).c_str()) != INVALID_FILE_ATTRIBUTES) {
    return fail(windows_error(ERROR_FILE_EXISTS, "create " + path));
  }
  Handle file(::CreateFileW(long_path(partial).c_str(), GENERIC_WRITE | FILE_READ_ATTRIBUTES,
                            FILE_SHARE_READ, nullptr, CREATE_NEW,
                            FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!file) return fail(last_error("create " + partial));
  return std::make_unique<WindowsOutputFile>(std::move(file), std::move(path), std::move(partial));
}

std::unique_ptr<OutputStream> standard_output() { return std::make_unique<StandardOutput>(); }

std::optional<FileIdentity> standard_output_identity() {
  return identity_of(::GetStdHandle(STD_OUTPUT_HANDLE));
}

bool standard_error_is_terminal() {
  DWORD mode = 0;
  return ::GetConsoleMode(::GetStdHandle(STD_ERROR_HANDLE), &mode) != 0;
}

Result<std::uint64_t> free_space(const std::string& directory) {
  ULARGE_INTEGER free{};
  if (::GetDiskFreeSpaceExW(long_path(directory).c_str(), &free, nullptr, nullptr) == 0) {
    return fail(last_error("free space of " + directory));
  }
  return free.QuadPart;
}

Result<std::uint64_t> largest_file(const std::string& directory) {
  constexpr std::uint64_t kFat = (std::uint64_t{1} << 32) - 1;
  KONSEKI_ASSIGN(const std::wstring volume, volume_of(directory));
  std::array<wchar_t, MAX_PATH + 1> type{};
  if (::GetVolumeInformationW(volume.c_str(), nullptr, 0, nullptr, nullptr, nullptr, type.data(),
                              static_cast<DWORD>(type.size())) == 0) {
    return fail(last_error("file system of " + directory));
  }
  const std::wstring_view name(type.data());
  if (name == L"FAT32" || name == L"FAT") return kFat;
  return static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

}  // namespace konseki

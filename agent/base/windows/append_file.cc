#include "agent/base/append_file.h"

#include <windows.h>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"

namespace konseki {
namespace {

class WindowsAppendFile : public AppendFile {
 public:
  WindowsAppendFile(Handle file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> lock() {
    BY_HANDLE_FILE_INFORMATION facts{};
    if (::GetFileType(file_.get()) != FILE_TYPE_DISK ||
        ::GetFileInformationByHandle(file_.get(), &facts) == 0) {
      return fail(windows_error(ERROR_INVALID_PARAMETER, "append to " + path_));
    }
    if ((facts.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) != 0) {
      return fail(windows_error(ERROR_INVALID_PARAMETER, "append to " + path_));
    }
    // Windows' locks keep others from reading: so a byte that is never there.
    OVERLAPPED beyond{};
    beyond.OffsetHigh = 0x7FFFFFFF;
    if (::LockFileEx(file_.get(), LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &beyond) == 0) {
      return fail(windows_error(::GetLastError(), "lock " + path_));
    }
    return {};
  }

  Result<std::string> content(std::uint64_t limit) override {
    std::string text;
    std::string buffer(64 * 1024, '\0');
    while (true) {
      OVERLAPPED place{};
      place.Offset = static_cast<DWORD>(text.size());
      place.OffsetHigh = static_cast<DWORD>(std::uint64_t{text.size()} >> 32);
      DWORD got = 0;
      if (::ReadFile(file_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &got, &place) ==
          0) {
        const DWORD number = ::GetLastError();
        if (number == ERROR_HANDLE_EOF) return text;
        return fail(windows_error(number, "read " + path_));
      }
      if (got == 0) return text;
      text.append(buffer, 0, got);
      if (text.size() > limit) return fail(ErrorCode::kLimitExceeded, path_ + ": too long");
    }
  }

  Result<void> append(std::string_view text) override {
    while (!text.empty()) {
      OVERLAPPED end{};
      end.Offset = end.OffsetHigh = 0xFFFFFFFF;  // WriteFile's word for the end
      DWORD written = 0;
      if (::WriteFile(file_.get(), text.data(), static_cast<DWORD>(text.size()), &written, &end) ==
          0) {
        return fail(windows_error(::GetLastError(), "write " + path_));
      }
      if (written == 0) return fail(windows_error(ERROR_DISK_FULL, "write " + path_));
      text.remove_prefix(written);
    }
    if (::FlushFileBuffers(file_.get()) == 0) {
      return fail(windows_error(::GetLastError(), "flush " + path_));
    }
    return {};
  }

 private:
  Handle file_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<AppendFile>> AppendFile::open(const std::string& path) {
  Handle opened(::CreateFileW(long_path(path).c_str(), GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS,
                              FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (!opened) return fail(windows_error(::GetLastError(), "open " + path));
  auto file = std::make_unique<WindowsAppendFile>(std::move(opened), path);
  KONSEKI_TRY(file->lock());
  return file;
}

}  // namespace konseki

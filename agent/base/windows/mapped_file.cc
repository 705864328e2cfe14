#include "agent/base/mapped_file.h"

#include <windows.h>

#include <filesystem>

namespace konseki {
namespace {

struct Handle {
  HANDLE value = nullptr;
  ~Handle() {
    if (value != nullptr && value != INVALID_HANDLE_VALUE) ::CloseHandle(value);
  }
};

class View : public MappedFile {
 public:
  View(const void* address, std::size_t size) : address_(address), size_(size) {}
  ~View() override {
    if (address_ != nullptr) ::UnmapViewOfFile(address_);
  }
  std::span<const std::byte> bytes() const override {
    return {static_cast<const std::byte*>(address_), size_};
  }

 private:
  const void* address_;
  std::size_t size_;
};

tl::unexpected<Error> failed(const char* what, const std::string& path) {
  const DWORD number = ::GetLastError();
  ErrorCode code = ErrorCode::kIoError;
  if (number == ERROR_FILE_NOT_FOUND || number == ERROR_PATH_NOT_FOUND) code = ErrorCode::kNotFound;
  if (number == ERROR_ACCESS_DENIED) code = ErrorCode::kPermissionDenied;
  return fail(code, std::string(what) + " " + path + ": error " + std::to_string(number));
}

}  // namespace

Result<std::unique_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  const std::wstring wide =
      std::filesystem::path(std::u8string(path.begin(), path.end())).wstring();
  const Handle file{::CreateFileW(wide.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
  if (file.value == INVALID_HANDLE_VALUE) return failed("open", path);
  LARGE_INTEGER size{};
  if (::GetFileSizeEx(file.value, &size) == 0) return failed("size of", path);
  // An empty file cannot be mapped.
  if (size.QuadPart == 0) return std::make_unique<const View>(nullptr, 0);
  const Handle mapping{::CreateFileMappingW(file.value, nullptr, PAGE_READONLY, 0, 0, nullptr)};
  if (mapping.value == nullptr) return failed("map", path);
  const void* const address = ::MapViewOfFile(mapping.value, FILE_MAP_READ, 0, 0, 0);
  if (address == nullptr) return failed("map", path);
  return std::make_unique<const View>(address, static_cast<std::size_t>(size.QuadPart));
}

}  // namespace konseki

#include "agent/base/mapped_file.h"

#include <windows.h>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"

namespace konseki {
namespace {

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

Error last_error(const char* what, const std::string& path) {
  return windows_error(::GetLastError(), std::string(what) + " " + path);
}

}  // namespace

Result<std::unique_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  const Handle file(::CreateFileW(long_path(path).c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) return fail(last_error("open", path));
  LARGE_INTEGER size{};
  if (::GetFileSizeEx(file.get(), &size) == 0) return fail(last_error("size of", path));
  // An empty file cannot be mapped.
  if (size.QuadPart == 0) return std::make_unique<const View>(nullptr, 0);
  const Handle mapping(::CreateFileMappingW(file.get(), nullptr, PAGE_READONLY, 0, 0, nullptr));
  if (!mapping) return fail(last_error("map", path));
  const void* const address = ::MapViewOfFile(mapping.get(), FILE_MAP_READ, 0, 0, 0);
  if (address == nullptr) return fail(last_error("map", path));
  return std::make_unique<const View>(address, static_cast<std::size_t>(size.QuadPart));
}

}  // namespace konseki

// Keys of the live registry, through the API.
#include <windows.h>

#include <algorithm>

#include "agent/base/windows/wide.h"
#include "agent/source/live/windows/state/api.h"
#include "agent/source/live/windows/state/listings.h"

namespace konseki::windows_state {
namespace {

constexpr std::size_t kMaxKey = 64 * 1024 * 1024;
constexpr DWORD kNameCapacity = 16384;  // longest name of a value, with its NUL

class OpenKey {
 public:
  OpenKey() = default;
  ~OpenKey() {
    if (key_ != nullptr) ::RegCloseKey(key_);
  }
  OpenKey(const OpenKey&) = delete;
  OpenKey& operator=(const OpenKey&) = delete;
  HKEY* out() { return &key_; }
  HKEY get() const { return key_; }

 private:
  HKEY key_ = nullptr;
};

Error too_large(std::string_view path) {
  return {ErrorCode::kLimitExceeded, std::string(path) + ": more than 64 MiB", {}};
}

Result<void> read_subkeys(HKEY key, std::string_view path, WindowsKey& out) {
  std::wstring name(kNameCapacity, L'\0');
  std::size_t total = 0;
  for (DWORD i = 0;; ++i) {
    DWORD length = kNameCapacity;
    const LONG answer =
        ::RegEnumKeyExW(key, i, name.data(), &length, nullptr, nullptr, nullptr, nullptr);
    if (answer == ERROR_NO_MORE_ITEMS) return {};
    if (answer != ERROR_SUCCESS) {
      return fail(api_error(static_cast<DWORD>(answer), "RegEnumKeyEx " + std::string(path)));
    }
    if ((total += length) > kMaxKey) return fail(too_large(path));
    out.subkeys.push_back(narrow(std::wstring_view(name).substr(0, length)));
  }
}

Result<void> read_values(HKEY key, std::string_view path, WindowsKey& out) {
  std::wstring name(kNameCapacity, L'\0');
  std::vector<std::byte> data(4096);
  std::size_t total = 0;
  for (DWORD i = 0;;) {
    DWORD length = kNameCapacity;
    auto size = static_cast<DWORD>(data.size());
    DWORD type = 0;
    const LONG answer = ::RegEnumValueW(key, i, name.data(), &length, nullptr, &type,
                                        reinterpret_cast<BYTE*>(data.data()), &size);
    if (answer == ERROR_NO_MORE_ITEMS) return {};
    if (answer == ERROR_MORE_DATA) {
      if (data.size() >= kMaxKey) return fail(too_large(path));
      data.resize(std::max<std::size_t>(size, data.size() * 2));
      continue;
    }
    if (answer != ERROR_SUCCESS) {
      return fail(api_error(static_cast<DWORD>(answer), "RegEnumValue " + std::string(path)));
    }
    if ((total += length + size) > kMaxKey) return fail(too_large(path));
    out.values.push_back({narrow(std::wstring_view(name).substr(0, length)),
                          type,
                          {data.begin(), data.begin() + size}});
    ++i;
  }
}

}  // namespace

Result<WindowsKey> read_machine_key(std::string_view path) {
  OpenKey key;
  const LONG opened = ::RegOpenKeyExW(HKEY_LOCAL_MACHINE, wide(path).c_str(), 0,
                                      KEY_READ | KEY_WOW64_64KEY, key.out());
  if (opened != ERROR_SUCCESS) {
    return fail(api_error(static_cast<DWORD>(opened), "RegOpenKeyEx " + std::string(path)));
  }
  WindowsKey out;
  FILETIME written{};
  if (::RegQueryInfoKeyW(key.get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                         nullptr, nullptr, nullptr, &written) == ERROR_SUCCESS) {
    out.last_written = timestamp_of(written);
  }
  KONSEKI_TRY(read_subkeys(key.get(), path, out));
  KONSEKI_TRY(read_values(key.get(), path, out));
  return out;
}

}  // namespace konseki::windows_state

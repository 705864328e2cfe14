#include "agent/source/live/windows/real_path.h"

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"

namespace konseki {

std::wstring path_of_handle(HANDLE handle) {
  std::wstring path(MAX_PATH, L'\0');
  while (true) {
    const DWORD length = ::GetFinalPathNameByHandleW(
        handle, path.data(), static_cast<DWORD>(path.size()), FILE_NAME_NORMALIZED);
    if (length == 0) return {};
    if (length < path.size()) {
      path.resize(length);
      return path;
    }
    path.resize(std::size_t{length} + 1);
  }
}

std::wstring real_path_of_future(const std::string& path) {
  std::wstring head = long_path(path);
  std::wstring tail;
  while (!head.empty()) {
    const Handle opened(::CreateFileW(head.c_str(), 0,
                                      FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                      nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
    if (opened) {
      std::wstring found = path_of_handle(opened.get());
      if (found.empty()) break;
      while (found.ends_with(L'\\') && !tail.empty()) found.pop_back();
      return found + tail;
    }
    while (head.ends_with(L'\\')) head.pop_back();
    const auto slash = head.rfind(L'\\');
    if (slash == std::wstring::npos || slash < 4) break;  // only "\\?\" is left
    tail = head.substr(slash) + tail;
    head.resize(slash);
    if (head.ends_with(L':')) head += L'\\';
  }
  return long_path(path);
}

bool at_or_below(std::wstring_view path, std::wstring_view folder) {
  while (folder.ends_with(L'\\')) folder.remove_suffix(1);
  if (path.size() < folder.size()) return false;
  if (::CompareStringOrdinal(path.data(), static_cast<int>(folder.size()), folder.data(),
                             static_cast<int>(folder.size()), TRUE) != CSTR_EQUAL) {
    return false;
  }
  return path.size() == folder.size() || path[folder.size()] == L'\\';
}

}  // namespace konseki

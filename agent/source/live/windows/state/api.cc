#include "agent/source/live/windows/state/api.h"

#include <cstdint>
#include <cwchar>

#include "agent/base/windows/wide.h"

namespace konseki::windows_state {
namespace {

ErrorCode code_of(DWORD number) {
  switch (number) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_HANDLE:
    case ERROR_NOT_FOUND:
    case ERROR_NO_DATA:
    case ERROR_NO_SUCH_LOGON_SESSION:
    case ERROR_SERVICE_DOES_NOT_EXIST:
      return ErrorCode::kNotFound;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
    case ERROR_NOACCESS:
      return ErrorCode::kPermissionDenied;
    case ERROR_INVALID_FUNCTION:
    case ERROR_NOT_SUPPORTED:
    case ERROR_CALL_NOT_IMPLEMENTED:
    case ERROR_PROC_NOT_FOUND:
    case ERROR_MOD_NOT_FOUND:
    case ERROR_SERVICE_NOT_ACTIVE:
    case RPC_S_SERVER_UNAVAILABLE:
      return ErrorCode::kUnsupported;
    default:
      return ErrorCode::kIoError;
  }
}

}  // namespace

FARPROC find_function(const wchar_t* dll, const char* name) {
  std::wstring path(MAX_PATH, L'\0');
  const UINT length = ::GetSystemDirectoryW(path.data(), MAX_PATH);
  if (length == 0 || length >= MAX_PATH) return nullptr;
  path.resize(length);
  path += L'\\';
  path += dll;
  // With the whole path its own needs are searched for in the system folder as well.
  const HMODULE module = ::LoadLibraryExW(path.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  return module != nullptr ? ::GetProcAddress(module, name) : nullptr;
}

Error api_error(DWORD number, std::string action) {
  // Windows' own text would be in the language of the system.
  return {code_of(number), std::move(action) + ": Windows error " + std::to_string(number), {}};
}

Error last_error(std::string action) { return api_error(::GetLastError(), std::move(action)); }

Error status_error(LONG status, std::string action) {
  using ToWin32 = ULONG(WINAPI*)(LONG);
  const auto to_win32 = look_up<ToWin32>(L"ntdll.dll", "RtlNtStatusToDosError");
  return api_error(to_win32 != nullptr ? to_win32(status) : ERROR_MR_MID_NOT_FOUND,
                   std::move(action));
}

Error missing(std::string function) {
  return {ErrorCode::kUnsupported, "this Windows has no " + std::move(function), {}};
}

Timestamp timestamp_of(const FILETIME& time) {
  return Timestamp::from_filetime(std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime);
}

std::string text_of(const wchar_t* text) { return text == nullptr ? std::string() : narrow(text); }

}  // namespace konseki::windows_state

// What the files of this folder share: functions that not every Windows has, and errors.
#pragma once

#include <windows.h>

#include <string>

#include "konseki/result.h"
#include "konseki/time.h"

namespace konseki::windows_state {

// The function of a DLL in the system folder, never one that lies beside the program; null when
// this Windows lacks either. The DLL stays loaded until the program ends.
FARPROC find_function(const wchar_t* dll, const char* name);

template <class Function>
Function look_up(const wchar_t* dll, const char* name) {
  return reinterpret_cast<Function>(reinterpret_cast<void*>(find_function(dll, name)));
}

// Error of a Win32 number. Without advice: what helps depends on what was asked.
Error api_error(DWORD number, std::string action);
// The last error of the thread.
Error last_error(std::string action);
// The same for what functions of ntdll answer (NTSTATUS).
Error status_error(LONG status, std::string action);
// This Windows lacks the function.
Error missing(std::string function);

Timestamp timestamp_of(const FILETIME& time);
// Text of a buffer that an API filled, up to its NUL.
std::string text_of(const wchar_t* text);

}  // namespace konseki::windows_state

#include "agent/base/process.h"

#include <windows.h>
// After windows.h, whose types it needs.
#include <shellapi.h>

#include <memory>

#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"

namespace konseki {

// argv is in the system's code page, which cannot hold every name; and the C library replaces
// patterns in it.
std::vector<std::string> program_arguments(int, char**) {
  int count = 0;
  const std::unique_ptr<LPWSTR, decltype(&::LocalFree)> words(
      ::CommandLineToArgvW(::GetCommandLineW(), &count), &::LocalFree);
  std::vector<std::string> out;
  for (int i = 1; words && i < count; ++i) out.push_back(narrow(words.get()[i]));
  return out;
}

std::string user_language() {
  return PRIMARYLANGID(::GetUserDefaultUILanguage()) == LANG_JAPANESE ? "ja" : "en";
}

ElevatedRun run_elevated(const std::vector<std::string>& words, bool wait) {
  std::wstring program(32768, L'\0');
  program.resize(::GetModuleFileNameW(nullptr, program.data(), static_cast<DWORD>(program.size())));
  const std::wstring parameters = wide(windows_command_line(words));
  const std::wstring folder = program.substr(0, program.rfind(L'\\') + 1);
  SHELLEXECUTEINFOW asked{};
  asked.cbSize = sizeof asked;
  // Without message boxes of its own; the process is told before this one ends.
  asked.fMask = SEE_MASK_NOCLOSEPROCESS | SEE_MASK_FLAG_NO_UI | SEE_MASK_NOASYNC;
  asked.hwnd = ::GetConsoleWindow();
  asked.lpVerb = L"runas";
  asked.lpFile = program.c_str();
  asked.lpParameters = parameters.c_str();
  asked.lpDirectory = folder.c_str();
  asked.nShow = SW_SHOWNORMAL;
  ElevatedRun run;
  if (::ShellExecuteExW(&asked) == 0) {
    if (::GetLastError() == ERROR_CANCELLED) run.outcome = Elevation::kRefused;
    return run;
  }
  run.outcome = Elevation::kStarted;
  const Handle process(asked.hProcess);
  DWORD code = 0;
  if (wait && process && ::WaitForSingleObject(process.get(), INFINITE) == WAIT_OBJECT_0 &&
      ::GetExitCodeProcess(process.get(), &code) != 0) {
    run.exit_code = static_cast<int>(code);
  }
  return run;
}

}  // namespace konseki

#include "agent/base/process.h"

#include <windows.h>
// After windows.h, whose types it needs.
#include <shellapi.h>

#include <memory>

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

}  // namespace konseki

#include "agent/base/standard_streams.h"

#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <algorithm>

#include "agent/base/cp932.h"
#include "agent/base/unicode.h"
#include "agent/base/windows/wide.h"

namespace konseki {
namespace {

HANDLE handle_of(StandardStream stream) {
  return ::GetStdHandle(stream == StandardStream::kOutput ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
}

// UTF-16 needs no code page. Consoles refuse very long texts at once.
bool write_console(HANDLE console, std::string_view text) {
  constexpr std::size_t kOneCall = 8192;
  const std::wstring line =
      wide(::GetConsoleOutputCP() == 932 ? within_cp932(to_well_formed(text)) : std::string(text));
  std::wstring_view rest = line;
  while (!rest.empty()) {
    DWORD written = 0;
    if (::WriteConsoleW(console, rest.data(), static_cast<DWORD>(std::min(rest.size(), kOneCall)),
                        &written, nullptr) == 0 ||
        written == 0) {
      return false;
    }
    rest.remove_prefix(written);
  }
  return true;
}

}  // namespace

void prepare_standard_streams() {
  for (std::FILE* file : {stdin, stdout, stderr}) (void)::_setmode(::_fileno(file), _O_BINARY);
}

bool write_standard(StandardStream stream, std::string_view text) {
  const HANDLE console = handle_of(stream);
  DWORD mode = 0;
  if (::GetConsoleMode(console, &mode) != 0) return write_console(console, text);
  std::FILE* file = stream == StandardStream::kOutput ? stdout : stderr;
  return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

// Consoles before Windows 10 know no escape sequences.
void clear_terminal_line() {
  const HANDLE console = handle_of(StandardStream::kError);
  CONSOLE_SCREEN_BUFFER_INFO facts{};
  if (::GetConsoleScreenBufferInfo(console, &facts) == 0) return;
  const COORD start{0, facts.dwCursorPosition.Y};
  DWORD unused = 0;
  (void)::FillConsoleOutputCharacterW(console, L' ', static_cast<DWORD>(facts.dwSize.X), start,
                                      &unused);
  (void)::SetConsoleCursorPosition(console, start);
}

std::FILE* open_c_file(const std::string& path) {
  return ::_wfopen(long_path(path).c_str(), L"rb");
}

}  // namespace konseki

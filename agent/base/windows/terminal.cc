#include "agent/base/terminal.h"

#include <windows.h>

#include <array>
#include <cstdio>

#include "agent/base/unicode.h"
#include "agent/base/windows/handle.h"
#include "agent/base/windows/wide.h"
#include "agent/base/windows/windows_error.h"

namespace konseki {
namespace {

// The console that this program runs in, whatever its streams are redirected to.
Handle open_console(const wchar_t* name) {
  return Handle(::CreateFileW(name, GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0,
                              nullptr));
}

// Its echo off and every key as a character, Ctrl-C too; puts everything back when it goes away.
class HiddenConsole {
 public:
  HiddenConsole() : input_(open_console(L"CONIN$")), output_(open_console(L"CONOUT$")) {
    ready_ = input_ && output_ && ::GetConsoleMode(input_.get(), &before_) != 0 &&
             ::SetConsoleMode(input_.get(), 0) != 0;
  }
  ~HiddenConsole() {
    if (ready_) (void)::SetConsoleMode(input_.get(), before_);
  }
  HiddenConsole(const HiddenConsole&) = delete;
  HiddenConsole& operator=(const HiddenConsole&) = delete;

  bool ready() const { return ready_; }
  bool show(std::string_view text) const {
    const std::wstring line = wide(text);
    DWORD written = 0;
    return ::WriteConsoleW(output_.get(), line.data(), static_cast<DWORD>(line.size()), &written,
                           nullptr) != 0;
  }
  Result<wchar_t> next() const {
    wchar_t key = 0;
    DWORD got = 0;
    if (::ReadConsoleW(input_.get(), &key, 1, &got, nullptr) == 0) {
      return fail(windows_error(::GetLastError(), "read from the console"));
    }
    return got == 0 ? kEndOfInput : key;
  }

  static constexpr wchar_t kEndOfInput = 26;  // Ctrl-Z

 private:
  Handle input_;
  Handle output_;
  DWORD before_ = 0;
  bool ready_ = false;
};

// The line typed so far, wiped when it goes away.
class TypedLine {
 public:
  ~TypedLine() { ::SecureZeroMemory(keys_.data(), sizeof keys_); }

  bool add(wchar_t key) {
    if (size_ == keys_.size()) return false;
    keys_[size_++] = key;
    return true;
  }
  void remove_last() {
    const bool pair = size_ >= 2 && IS_LOW_SURROGATE(keys_[size_ - 1]);
    size_ -= pair ? 2 : size_ > 0 ? 1 : 0;
  }
  void hand_to(const std::function<void(std::string_view)>& take) const {
    for (std::size_t i = 0; i < size_; ++i) {
      const bool pair = i + 1 < size_ && IS_HIGH_SURROGATE(keys_[i]);
      std::string character = narrow(std::wstring_view(&keys_[i], pair ? 2 : 1));
      take(character);
      ::SecureZeroMemory(character.data(), character.size());
      if (pair) ++i;
    }
  }

 private:
  std::array<wchar_t, 1024> keys_{};
  std::size_t size_ = 0;
};

}  // namespace

TerminalShape terminal_shape() {
  TerminalShape shape;
  CONSOLE_SCREEN_BUFFER_INFO facts{};
  if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_ERROR_HANDLE), &facts) == 0) return shape;
  const int columns = facts.srWindow.Right - facts.srWindow.Left + 1;
  if (columns > 0) shape.columns = static_cast<std::size_t>(columns);
  shape.cp932 = ::GetConsoleOutputCP() == 932;
  return shape;
}

bool standard_input_is_terminal() {
  DWORD mode = 0;
  return ::GetConsoleMode(::GetStdHandle(STD_INPUT_HANDLE), &mode) != 0;
}

void drop_typed_input() { (void)::FlushConsoleInputBuffer(::GetStdHandle(STD_INPUT_HANDLE)); }

std::string typed_line() {
  constexpr std::size_t kMost = 100;
  std::string line;
  const auto take = [&](std::string_view character) {
    if (character == "\n") return false;
    const bool blank = character == "\r" || character == " " || character == "\t";
    if (!blank && line.size() + character.size() <= kMost) line += character;
    return true;
  };
  if (!standard_input_is_terminal()) {
    for (int c = std::getchar(); c != EOF; c = std::getchar()) {
      const char byte = static_cast<char>(c);
      if (!take(std::string_view(&byte, 1))) break;
    }
    return line;
  }
  // As characters, whatever the console's code page.
  wchar_t key = 0;
  DWORD got = 0;
  while (::ReadConsoleW(::GetStdHandle(STD_INPUT_HANDLE), &key, 1, &got, nullptr) != 0 &&
         got == 1 && take(narrow(std::wstring_view(&key, 1)))) {
  }
  return line;
}

bool window_ends_with_program() {
  DWORD process = 0;
  return ::GetConsoleProcessList(&process, 1) == 1;
}

// A console that others use after us keeps its ways.
void ignore_clicks() {
  const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
  DWORD mode = 0;
  if (!window_ends_with_program() || ::GetConsoleMode(input, &mode) == 0) return;
  mode &= ~static_cast<DWORD>(ENABLE_QUICK_EDIT_MODE);
  (void)::SetConsoleMode(input, mode | ENABLE_EXTENDED_FLAGS);
}

void wait_for_key() {
  const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
  INPUT_RECORD event{};
  DWORD got = 0;
  while (::ReadConsoleInputW(input, &event, 1, &got) != 0 && got == 1) {
    // Keys that only change others (Shift, Ctrl, Alt) have no character.
    const KEY_EVENT_RECORD& key = event.Event.KeyEvent;
    if (event.EventType == KEY_EVENT && key.bKeyDown != 0 && key.uChar.UnicodeChar != 0) return;
  }
}

Result<void> ask_hidden(std::string_view prompt,
                        const std::function<void(std::string_view)>& take) {
  constexpr wchar_t kInterrupt = 3;
  constexpr wchar_t kBackspace = 8;
  const HiddenConsole console;
  if (!console.ready() || !console.show(prompt)) {
    return fail(ErrorCode::kUnsupported, "no terminal to ask at",
                {"Run this at a terminal, or give the secret in a file.",
                 "端末から実行するか、ファイルで指定してください。"});
  }
  TypedLine line;
  while (true) {
    KONSEKI_ASSIGN(const wchar_t key, console.next());
    if (key == L'\r' || key == L'\n') break;
    if (key == kInterrupt || key == HiddenConsole::kEndOfInput) {
      console.show("\r\n");
      return fail(ErrorCode::kCancelled, "the prompt was left without an answer");
    }
    if (key == kBackspace) {
      line.remove_last();
    } else if (!line.add(key)) {
      console.show("\r\n");
      return fail(ErrorCode::kLimitExceeded, "the answer is too long");
    }
  }
  line.hand_to(take);
  console.show("\r\n");
  return {};
}

}  // namespace konseki

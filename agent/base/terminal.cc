#include "agent/base/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "agent/base/system_error.h"

namespace konseki {
namespace {

// /dev/tty with its echo off; puts everything back when it goes away.
class HiddenTerminal {
 public:
  HiddenTerminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (descriptor_ < 0 || ::tcgetattr(descriptor_, &before_) != 0) return;
    termios hidden = before_;
    // Ctrl-C arrives as a byte, so that it cannot end the program while the echo is off.
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    ready_ = ::tcsetattr(descriptor_, TCSAFLUSH, &hidden) == 0;
  }
  ~HiddenTerminal() {
    if (ready_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  HiddenTerminal(const HiddenTerminal&) = delete;
  HiddenTerminal& operator=(const HiddenTerminal&) = delete;

  bool ready() const { return ready_; }
  bool show(std::string_view text) const {
    return ::write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  // False at the end of the input.
  Result<bool> next(char& byte) const {
    while (true) {
      const ssize_t got = ::read(descriptor_, &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(system_error(errno, "read from the terminal"));
      return got == 1;
    }
  }

 private:
  int descriptor_;
  termios before_{};
  bool ready_ = false;
};

}  // namespace

TerminalShape terminal_shape() {
  TerminalShape shape;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    shape.columns = size.ws_col;
  }
  return shape;
}

bool standard_input_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }

void drop_typed_input() { ::tcflush(STDIN_FILENO, TCIFLUSH); }

std::string typed_line() {
  std::string line;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    if (c != '\r' && c != ' ' && c != '\t' && line.size() < 100) line += static_cast<char>(c);
  }
  return line;
}

bool window_ends_with_program() { return true; }

void ignore_clicks() {}

void wait_for_key() {
  if (standard_input_is_terminal()) typed_line();
}

Result<void> ask_hidden(std::string_view prompt,
                        const std::function<void(std::string_view)>& take) {
  constexpr char kInterrupt = 3;
  const HiddenTerminal terminal;
  if (!terminal.ready() || !terminal.show(prompt)) {
    return fail(ErrorCode::kUnsupported, "no terminal to ask at",
                {"Run this at a terminal, or give the secret in a file.",
                 "端末から実行するか、ファイルで指定してください。"});
  }
  while (true) {
    char byte = 0;
    KONSEKI_ASSIGN(const bool more, terminal.next(byte));
    if (more && byte == '\n') break;
    if (!more || byte == kInterrupt) {
      terminal.show("\n");
      return fail(ErrorCode::kCancelled, "the prompt was left without an answer");
    }
    take(std::string_view(&byte, 1));
  }
  terminal.show("\n");
  return {};
}

}  // namespace konseki

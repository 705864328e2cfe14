#include "agent/cli/terminal_observer.h"

#include <algorithm>

#include "agent/base/terminal.h"
#include "agent/cli/console.h"
#include "agent/report/progress_text.h"

namespace konseki {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

}  // namespace

TerminalObserver::TerminalObserver(Language language, bool is_terminal, bool quiet)
    : language_(language),
      is_terminal_(is_terminal),
      quiet_(quiet),
      rate_start_(steady_clock::now()) {}

TerminalObserver::~TerminalObserver() { clear_line(); }

void TerminalObserver::clear_line() {
  if (!line_drawn_) return;
  clear_terminal_line();
  line_drawn_ = false;
}

void TerminalObserver::ends_after(std::chrono::seconds time) {
  std::lock_guard lock(mutex_);
  end_ = steady_clock::now() + time;
}

void TerminalObserver::clear() {
  std::lock_guard lock(mutex_);
  clear_line();
}

void TerminalObserver::draw(const std::string& text) {
  if (is_terminal_) {
    clear_terminal_line();
    write_standard(StandardStream::kError, text);
    line_drawn_ = true;
  } else {
    print_message(text);
  }
}

void TerminalObserver::started(const Bilingual& stage) {
  if (quiet_) return;
  std::lock_guard lock(mutex_);
  clear_line();
  print_message(stage.in(language_));
  rate_start_ = last_draw_ = steady_clock::now();
}

void TerminalObserver::progressed(const Progress& progress) {
  if (quiet_) return;
  std::lock_guard lock(mutex_);
  const auto now = steady_clock::now();
  const auto interval = is_terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
  if (now - last_draw_ < interval) return;
  last_draw_ = now;
  std::optional<std::chrono::seconds> limit;
  if (end_) limit = std::max(std::chrono::ceil<std::chrono::seconds>(*end_ - now), 0s);
  draw(progress_line(progress, now - rate_start_, limit, language_, terminal_shape()));
}

void TerminalObserver::warned(const Bilingual& message) {
  std::lock_guard lock(mutex_);
  clear_line();
  print_message((language_ == Language::kJapanese ? "注意: " : "Note: ") + message.in(language_));
}

}  // namespace konseki

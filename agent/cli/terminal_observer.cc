#include "agent/cli/terminal_observer.h"

#include <fmt/format.h>

#include "agent/base/quantities.h"
#include "agent/base/unicode.h"
#include "agent/cli/console.h"

namespace konseki {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kLineColumns = 79;

// Columns that a code point takes in a terminal: two for the East Asian wide ranges.
std::size_t columns_of(std::uint32_t c) {
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                    (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                    (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF);
  return wide ? 2 : 1;
}

// Cuts text to a line's width and replaces control characters: names of evidence must not be
// able to move the cursor.
std::string fit_line(std::string_view text) {
  const std::string clean = to_well_formed(text);
  std::string out;
  std::size_t columns = 0;
  std::size_t at = 0;
  while (at < clean.size()) {
    const std::size_t start = at;
    const std::uint32_t c = next_code_point(clean, at);
    columns += columns_of(c);
    if (columns > kLineColumns) return out;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E)) {
      out += '?';
    } else {
      out.append(clean, start, at - start);
    }
  }
  return out;
}

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
  const double seconds = std::chrono::duration<double>(now - rate_start_).count();
  std::string text = "  " + progress.stage.in(language_);
  if (progress.items > 0) {
    text += progress.items_total > 0 ? fmt::format(" {}/{}", progress.items, progress.items_total)
                                     : fmt::format(" {}", progress.items);
  }
  if (progress.bytes > 0) {
    text += "  " + size_text(progress.bytes);
    if (seconds > 0.5) {
      const auto rate = static_cast<double>(progress.bytes) / seconds;
      text += "  " + size_text(static_cast<std::uint64_t>(rate)) + "/s";
    }
  }
  text += "  ";
  text += progress.current;
  draw(fit_line(text));
}

void TerminalObserver::warned(const Bilingual& message) {
  std::lock_guard lock(mutex_);
  clear_line();
  print_message((language_ == Language::kJapanese ? "注意: " : "Note: ") + message.in(language_));
}

}  // namespace konseki

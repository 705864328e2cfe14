// TerminalObserver: progress on stderr, one line redrawn on a terminal, plain lines elsewhere.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "konseki/observer.h"

namespace konseki {

// Thread-safe. Draws at most five times a second on a terminal, every ten seconds otherwise.
class TerminalObserver : public Observer {
 public:
  TerminalObserver(Language language, bool is_terminal, bool quiet);
  ~TerminalObserver() override;

  void started(const Bilingual& stage) override;
  void progressed(const Progress& progress) override;
  void warned(const Bilingual& message) override;
  // The run will be ended by then (--max-time).
  void ends_after(std::chrono::seconds time);
  // Takes the progress line away before something else is printed.
  void clear();

 private:
  void clear_line();
  void draw(const std::string& text);

  const Language language_;
  const bool is_terminal_;
  const bool quiet_;
  std::mutex mutex_;
  bool line_drawn_ = false;
  std::chrono::steady_clock::time_point last_draw_;
  std::chrono::steady_clock::time_point rate_start_;
  std::optional<std::chrono::steady_clock::time_point> end_;
};

}  // namespace konseki

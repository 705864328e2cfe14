// Budget: decides, file by file, whether content still fits the limits of the run.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

#include "agent/pipeline/cpu_limiter.h"
#include "agent/pipeline/limits.h"
#include "konseki/file_system.h"

namespace konseki {

// Files that parsers of this or other tools read; they are never stored as hard links, since
// readers of tar bundles commonly skip links.
bool is_parser_input(std::string_view display_path, std::string_view stream);

// Counts down. refuse(), take() and taken() may be called on any thread. Time is steady-clock time
// since construction.
class Budget {
 public:
  // `free_space`: bytes the output may still take; nullopt when unknown (a pipe). Once `stop` is
  // requested everything is refused.
  Budget(const Limits& limits, std::optional<std::uint64_t> free_space, std::stop_token stop = {});

  // The stable reason why a file of `size` bytes must not be read ("interrupted", "max_file_size",
  // "max_time") or, with `store`, not be taken into the bundle ("max_total_size", "no_space");
  // empty when it may. `core` artifacts are exempt from max_file_size.
  std::string_view refuse(std::uint64_t size, bool store, bool core) const;
  // Accounts for content that is being taken.
  void take(std::uint64_t size) { taken_ += size; }

  // Lets the caller wait while the run has used more than its share of the processors. Called
  // between pieces of work, on any thread.
  void pace() { limiter_->pause(stop_); }

  bool out_of_time() const;
  // True when everything is refused: `stop` was requested or the time is over.
  bool over() const { return stop_.stop_requested() || out_of_time(); }
  std::uint64_t taken() const { return taken_; }

 private:
  Limits limits_;
  std::optional<std::uint64_t> free_space_;
  std::stop_token stop_;
  std::unique_ptr<CpuLimiter> limiter_;
  std::atomic<std::uint64_t> taken_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace konseki

// GapTally: many small failures of one kind become one gap with a count.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "konseki/collector.h"

namespace konseki::procfs {

// Counts what could not be read, by kind and error code, so that a run without root answers one
// gap a kind and not one a process. Not thread-safe. Nothing is reported before flush().
class GapTally {
 public:
  // `kind` is the pattern of the paths, e.g. "/proc/*/exe"; `what` the one that failed. A thing
  // that is gone meanwhile (kNotFound) is no gap and is not counted.
  void add(std::string_view kind, std::string_view what, const Error& error);

  // One Sink::gap a kind and code, in order of the kinds; then starts anew.
  void flush(Sink& sink);

 private:
  struct Count {
    std::uint64_t times = 0;
    std::string first;
    Error error;
  };
  std::map<std::pair<std::string, ErrorCode>, Count> counts_;
};

// "Run as root ..." in both languages.
Bilingual run_as_root();

}  // namespace konseki::procfs
